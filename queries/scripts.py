"""Reads by id, as a script: Redis answers it from one moment, so that rows and checkpoint agree.

Nothing of a request becomes part of a script; everything is an argument.
"""

CHECKPOINTS = """
local prefix, partitions = ARGV[1], tonumber(ARGV[2])
local stands = {}
for partition = 0, partitions - 1 do
  stands[partition + 1] = redis.call('GET', prefix .. ':live:checkpoint:' .. partition)
end
-- nil: there is none, and so no row; '0': there will be one, but nothing can be read of it yet
local function generation(collection)
  local written = redis.call('HGET', prefix .. ':live:generations', collection)
  return written and string.match(written, '^%d+')
end
"""

# prefix, partitions, then for each collection: its name, how many ids, the ids.
# Answers {checkpoints, rows of the first collection, rows of the second, …}; nil for rows not there yet.
GET = (
    CHECKPOINTS
    + """
local answer, at = {stands}, 3
while ARGV[at] do
  local collection, count = ARGV[at], tonumber(ARGV[at + 1])
  local g = generation(collection)
  local rows = {}
  if g == '0' then
    rows = false
  elseif g then
    local key = prefix .. ':rows:' .. collection .. ':' .. g
    rows = redis.call('HMGET', key, unpack(ARGV, at + 2, at + 1 + count))
  end
  answer[#answer + 1] = rows
  at = at + 2 + count
end
return answer
"""
)
