-- Creates documents of exactly 300 bytes, no two alike. Environment: BENCH_PATH, BENCH_SEED, BENCH_TOKEN.
local SIZE = 300
local seed = os.getenv("BENCH_SEED")
local headers = {
  Authorization = "Bearer " .. os.getenv("BENCH_TOKEN"),
  ["Content-Type"] = "application/json",
}
local path = os.getenv("BENCH_PATH")
local number = 0

function request()
  number = number + 1
  local head = string.format('{"number":%d,"seed":"%s","paid":false,"total":12.5,"text":"', number, seed)
  local body = head .. string.rep("x", SIZE - #head - 2) .. '"}'
  return wrk.format("POST", path, headers, body)
end
