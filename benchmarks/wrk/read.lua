-- Reads what addresses stand for, all with one prefix, their ends drawn at random out of a file, one a line.
-- Environment: BENCH_PREFIX, BENCH_ENDS, BENCH_TOKEN.
local requests = {}

function init()
  math.randomseed(2013)
  local headers = { Authorization = "Bearer " .. os.getenv("BENCH_TOKEN") }
  for rest in io.lines(os.getenv("BENCH_ENDS")) do
    requests[#requests + 1] = wrk.format("GET", os.getenv("BENCH_PREFIX") .. rest, headers)
  end
end

function request()
  return requests[math.random(#requests)]
end
