-- Reads documents by id, drawn at random out of a file of ids. Environment: BENCH_PREFIX, BENCH_IDS, BENCH_TOKEN.
local requests = {}

function init()
  math.randomseed(2013)
  local headers = { Authorization = "Bearer " .. os.getenv("BENCH_TOKEN") }
  for id in io.lines(os.getenv("BENCH_IDS")) do
    requests[#requests + 1] = wrk.format("GET", os.getenv("BENCH_PREFIX") .. id, headers)
  end
end

function request()
  return requests[math.random(#requests)]
end
