-- Creates documents of exactly 300 bytes in batches. Environment: BENCH_COMMANDS, BENCH_SEED, BENCH_TOKEN.
local SIZE = 300
local commands = tonumber(os.getenv("BENCH_COMMANDS"))
local seed = os.getenv("BENCH_SEED")
local headers = {
  Authorization = "Bearer " .. os.getenv("BENCH_TOKEN"),
  ["Content-Type"] = "application/json",
}
local number = 0

function request()
  local parts = {}
  for place = 1, commands do
    number = number + 1
    local head = string.format('{"number":%d,"seed":"%s","paid":false,"total":12.5,"text":"', number, seed)
    local body = head .. string.rep("x", SIZE - #head - 2) .. '"}'
    parts[place] = '{"command":"create","collection":"notes","body":' .. body .. "}"
  end
  return wrk.format("POST", "/v1/batch", headers, '{"commands":[' .. table.concat(parts, ",") .. "]}")
end
