"""The script that reads pages and counts: several questions in one call, all answered from one moment.

    prefix, partitions, then questions, each packed: collection, generation, PAGE or SCAN, what that takes

Answers {checkpoints, answer, answer, …}. A question names the generation it was planned for; where another one
is live the answer is {OTHER, its number or nil, its shape}, and nothing was read.
"""

from queries.merging_script import MERGING
from queries.scripts import CHECKPOINTS

OTHER, ANSWERED = 0, 1
PAGE, SCAN = "page", "scan"

MOST_COUNTED = 200_000
"""So many entries are gone through for a count: a third of a second, in which Redis does nothing else."""

TOO_MANY = -1
"""What stands for a count for which more of them had to be gone through."""

_READING = """
local byte, sub = string.byte, string.sub
local question, at, touched

local function take()
  at = at + 1
  return question[at]
end

local function id_of(member, head)
  if head > 0 then return sub(member, head + 1) end
  local high, low = byte(member, -2, -1)
  return sub(member, -3 - high * 256 - low, -4)
end

local function reader(key, backwards)
  return function(low, high, wanted)
    local found
    if backwards then
      found = redis.call('ZRANGE', key, '(' .. high, '[' .. low, 'BYLEX', 'REV', 'LIMIT', 0, wanted)
    else
      found = redis.call('ZRANGE', key, '[' .. low, '(' .. high, 'BYLEX', 'LIMIT', 0, wanted)
    end
    touched = touched + #found
    return found
  end
end

local function take_stretches()
  local stretches = {}
  for place = 1, take() do
    stretches[place] = {place = place, low = take(), high = take(), ahead = take()}
  end
  return stretches
end

local function take_spliced()
  local spliced = {}
  for place = 1, take() do spliced[place] = {field = take(), behind = take(), turned = take() == 1} end
  return spliced
end

-- The rows of the first members, up to `wanted` of them, `some` at a time until `left` bytes are reached.
local function rows_of(key, members, head, wanted, some, left)
  local rows = {}
  while #rows < wanted and left > 0 do
    local ids = {}
    for place = #rows + 1, math.min(#rows + some, wanted) do ids[#ids + 1] = id_of(members[place], head) end
    local found = redis.call('HMGET', key, unpack(ids))
    if #ids == wanted then return found end
    for _, row in ipairs(found) do
      rows[#rows + 1] = row
      left = left - #row
    end
  end
  return rows
end

-- The same of members of which several may be of one row, read once: '' stands for it where it comes again.
local function rows_apart(key, members, head, some, left)
  local rows, seen = {}, {}
  while #rows < #members and left > 0 do
    local ids, places = {}, {}
    while #rows < #members and #ids < some do
      local id = id_of(members[#rows + 1], head)
      rows[#rows + 1] = ''
      if not seen[id] then
        seen[id] = true
        ids[#ids + 1], places[#places + 1] = id, #rows
      end
    end
    for place, row in ipairs(#ids > 0 and redis.call('HMGET', key, unpack(ids)) or {}) do
      rows[places[place]] = row
      left = left - #row
    end
  end
  return rows
end
"""

_TRAVELLING = """
local function in_turn(read, stretches, wanted)
  if #stretches == 1 then return read(stretches[1].low, stretches[1].high, wanted) end
  local members = {}
  for _, stretch in ipairs(stretches) do
    if #members >= wanted then break end
    for _, member in ipairs(read(stretch.low, stretch.high, wanted - #members)) do
      members[#members + 1] = member
    end
  end
  return members
end
"""

_COUNTING = (
    f"local most_counted, too_many = {MOST_COUNTED}, {TOO_MANY}"
    + """

local function lexcount(key, low, high) return redis.call('ZLEXCOUNT', key, '[' .. low, '(' .. high) end

-- How many entries that are not their row's first one differ from it last in one of these fields.
local function beside(plan, first, last)
  local found = 0
  if plan.surplus == '' or redis.call('ZCARD', plan.surplus) == 0 then return found end
  for field = first, last do
    local sign = string.char(field)
    for _, stretch in ipairs(plan.stretches) do
      found = found + lexcount(plan.surplus, sign .. stretch.low, sign .. stretch.high)
    end
  end
  return found
end

local function walked(plan)
  local read, seen, rows = reader(plan.index, false), {}, 0
  for _, stretch in ipairs(plan.stretches) do
    local low, found = stretch.low
    repeat
      found = read(low, stretch.high, 1000)
      for _, member in ipairs(found) do
        local id = id_of(member, plan.head)
        if plan.surplus == '' or byte(member, -3) == 0 then
          rows = rows + 1
        elseif not seen[id] then
          seen[id] = true
          rows = rows + 1
        end
      end
      low = (found[#found] or '') .. '\\0'
    until #found < 1000
  end
  return rows
end

-- Where no row has two values that fit, it has as many entries as there are combinations of the fields behind.
local function counted(plan)
  local entries = 0
  for _, stretch in ipairs(plan.stretches) do
    entries = entries + lexcount(plan.index, stretch.low, stretch.high)
  end
  if beside(plan, plan.fixed + 1, plan.constrained) > 0 then
    return entries > most_counted and too_many or walked(plan)
  end
  return entries - beside(plan, plan.constrained + 1, plan.fields)
end
"""
)

# The plan: rows, index, head, surplus or ""; how many fields are fixed, constrained, in the index; stretches.
# Then REV or "", "" or "merge" and what is spliced, limit, how many rows to read at a time, and until how many
# bytes of them are reached, how to count ("rows", "entries" or ""), and "" or "place" and the stretches
# that are left.
# {ANSWERED, count, TOO_MANY or nil, entries touched, last of the members the rows are of, nil where none
# follows, rows, members or nil}
# `members` are told where a row may have more than one: then there is one more than `limit`, and the row of
# each, '' where that was told before.
_PAGE = """
local function is_one_of_several(members)
  for _, member in ipairs(members) do
    if byte(member, -3) == 1 then return true end
  end
  return false
end

local function take_plan()
  return {rows = take(), index = take(), head = take(), surplus = take(), fixed = take(), constrained = take(),
    fields = take(), stretches = take_stretches()}
end

local function count_of(plan, what)
  if what == 'rows' then return redis.call('HLEN', plan.rows) end
  return what == 'entries' and counted(plan)
end

local function page()
  local plan = take_plan()
  local backwards, spliced = take() == 'REV', take() == 'merge' and take_spliced()
  local limit, some, most, what = take(), take(), take(), take()
  local stretches = take() == 'place' and take_stretches() or plan.stretches
  local travelled = spliced and merged or in_turn
  local members = travelled(reader(plan.index, backwards), stretches, limit + 1, backwards, spliced)
  local count = count_of(plan, what)
  if plan.surplus ~= '' and is_one_of_several(members) and beside(plan, plan.fixed + 1, plan.fields) > 0 then
    local rows = rows_apart(plan.rows, members, plan.head, some, most)
    local ends = (#members > limit or #rows < #members) and members[#rows]
    for place = #members, #rows + 1, -1 do members[place] = nil end
    return {1, count, touched, ends, rows, members}
  end
  local rows = rows_of(plan.rows, members, plan.head, math.min(limit, #members), some, most)
  return {1, count, touched, #members > #rows and members[#rows], rows, false}
end
"""

# rows, how many there may be, and of how many bytes.
# {ANSWERED, how many there are, ids and rows; nil where there are more or larger ones}
_SCAN = """
local function scan()
  local rows, most, left = take(), take(), take()
  local count = redis.call('HLEN', rows)
  if count > most then return {1, count, false} end
  local found, cursor = {}, '0'
  repeat
    local told = redis.call('HSCAN', rows, cursor, 'COUNT', 20)
    cursor = told[1]
    for _, part in ipairs(told[2]) do
      found[#found + 1] = part
      left = left - #part
    end
  until cursor == '0' or left < 0
  return {1, count, left >= 0 and found}
end
"""

_ANSWERING = """
local answers = {stands}
for place = 3, #ARGV do
  question, at, touched = cmsgpack.unpack(ARGV[place]), 0, 0
  local collection, planned = take(), take()
  local live = generation(collection)
  if (live or '') ~= planned then
    local shape = live and redis.call('GET', prefix .. ':shape:' .. collection .. ':' .. live)
    answers[#answers + 1] = {0, live or false, shape or false}
  elseif not live then
    answers[#answers + 1] = {0, false, false}
  elseif take() == 'scan' then
    answers[#answers + 1] = scan()
  else
    answers[#answers + 1] = page()
  end
end
return answers
"""

PAGES = CHECKPOINTS + _READING + _TRAVELLING + MERGING + _COUNTING + _PAGE + _SCAN + _ANSWERING
