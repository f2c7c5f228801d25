"""Merging stretches of a sorted set, in a script.

Stretches are merged by what their members have behind the first `ahead` bytes, with some of the fields that
these are put into it, as `planner.Spliced` says. Those that have something left stand in `waiting`, the nearest
one first.
"""

from projections.encoding import BEHIND

MERGING = (
    BEHIND
    + """
-- By bytes. What Lua's own < does depends on the locale.
local function compared(one, other)
  for place = 1, math.min(#one, #other) do
    local mine, theirs = byte(one, place), byte(other, place)
    if mine ~= theirs then return mine - theirs end
  end
  return #one - #other
end

local function turned_over(encoded)
  return (string.gsub(encoded, '.', function(each) return string.char(255 - byte(each)) end))
end

-- What is spliced in for the members of a stretch.
local function values_of(stretch, spliced)
  local head, at, values = {}, 1, {}
  while #spliced > 0 and at <= stretch.ahead do
    local ending = behind(stretch.low, at)
    head[#head + 1], at = sub(stretch.low, at, ending - 1), ending
  end
  for place, each in ipairs(spliced) do
    local value = head[each.field + 1]
    values[place] = each.turned and turned_over(value) or value
  end
  return values
end

-- By what a member is merged.
local function key_of(stretch, member, spliced)
  local key, from, at, taken = '', stretch.ahead + 1, stretch.ahead + 1, 0
  for place, each in ipairs(spliced) do
    while taken < each.behind do at, taken = behind(member, at), taken + 1 end
    key, from = key .. sub(member, from, at - 1) .. stretch.values[place], at
  end
  return key .. sub(member, from)
end

local function merged(read, stretches, wanted, backwards, spliced)
  local chunk = math.max(4, math.min(wanted, math.ceil(2 * wanted / #stretches)))

  local function stands_before(one, other)
    local difference = compared(one.key, other.key)
    if difference == 0 then return one.place < other.place end
    return (difference > 0) == backwards
  end

  local function step(stretch)
    stretch.next = stretch.next + 1
    if stretch.next > #stretch.members and #stretch.members == chunk then
      local passed = stretch.members[chunk]
      if backwards then
        stretch.members = read(stretch.low, passed, chunk)
      else
        stretch.members = read(passed .. '\\0', stretch.high, chunk)
      end
      stretch.next = 1
    end
    local member = stretch.members[stretch.next]
    stretch.key = member and key_of(stretch, member, spliced)
    return member
  end

  local waiting, members = {}, {}
  local function put(stretch)
    local first, beyond = 1, #waiting + 1
    while first < beyond do
      local middle = math.floor((first + beyond) / 2)
      if stands_before(stretch, waiting[middle]) then beyond = middle else first = middle + 1 end
    end
    table.insert(waiting, first, stretch)
  end

  for _, stretch in ipairs(stretches) do
    stretch.values = values_of(stretch, spliced)
    stretch.members, stretch.next = read(stretch.low, stretch.high, chunk), 0
    if step(stretch) then put(stretch) end
  end
  while #members < wanted and #waiting > 0 do
    local stretch = table.remove(waiting, 1)
    members[#members + 1] = stretch.members[stretch.next]
    if step(stretch) then put(stretch) end
  end
  return members
end
"""
)
