-- SPDX-License-Identifier: MIT
local proto = Proto('gbt27930', 'GB/T 27930 charging of electric vehicles')
local pf = {
  code = ProtoField.string('gbt27930.code', 'Message'),
  name = ProtoField.string('gbt27930.name', 'Meaning'),
  from = ProtoField.string('gbt27930.from', 'From'),
  pgn = ProtoField.uint32('gbt27930.pgn', 'PGN', base.HEX),
  length = ProtoField.uint32('gbt27930.length', 'Length'),
  control = ProtoField.string('gbt27930.transfer', 'Transfer'),
  packet = ProtoField.uint32('gbt27930.packet', 'Packet'),
  reason = ProtoField.string('gbt27930.abort', 'Reason of the abort'),
  first = ProtoField.framenum('gbt27930.first_frame', 'Begun in', base.NONE),
}
local expert = {
  aborted = ProtoExpert.new('gbt27930.aborted', 'The transfer is aborted',
    expert.group.SEQUENCE, expert.severity.ERROR),
  sequence = ProtoExpert.new('gbt27930.sequence', 'Packet out of sequence',
    expert.group.SEQUENCE, expert.severity.WARN),
  unasked = ProtoExpert.new('gbt27930.unasked', 'Packet without a transfer',
    expert.group.SEQUENCE, expert.severity.WARN),
  restarted = ProtoExpert.new('gbt27930.restarted', 'The former transfer had not ended',
    expert.group.SEQUENCE, expert.severity.WARN),
  length = ProtoExpert.new('gbt27930.wrong_length', 'Wrong length',
    expert.group.MALFORMED, expert.severity.ERROR),
  range = ProtoExpert.new('gbt27930.out_of_range', 'Out of range',
    expert.group.PROTOCOL, expert.severity.WARN),
  untrusted = ProtoExpert.new('gbt27930.untrusted', 'Not to be trusted',
    expert.group.PROTOCOL, expert.severity.NOTE),
  missing = ProtoExpert.new('gbt27930.not_supplied', 'Mandatory, but not supplied',
    expert.group.PROTOCOL, expert.severity.NOTE),
  stop = ProtoExpert.new('gbt27930.stop', 'The charge is stopped, or a timeout is told',
    expert.group.RESPONSE_CODE, expert.severity.NOTE),
}
local abort_reasons = {
  [1] = 'already in a connection', [2] = 'out of resources', [3] = 'timeout',
}

-- Every field of the table becomes a field of the protocol: gbt27930.bcl.voltage_demand.
local all, by_pgn = {}, {}
for _, one in pairs(pf) do all[#all + 1] = one end
for _, message in ipairs(messages) do
  by_pgn[message.pgn] = message
  for _, field in ipairs(message.fields) do
    local abbreviation = 'gbt27930.' .. message.code:lower() .. '.' .. field.name
    if field.kind == 'ascii' then
      field.pf = ProtoField.string(abbreviation, field.title)
    elseif field.labels then
      field.pf = ProtoField.uint32(abbreviation, field.title, base.DEC, field.labels)
    else
      field.pf = ProtoField.double(abbreviation, field.title)
    end
    all[#all + 1] = field.pf
  end
end
proto.fields = all
local experts = {}
for _, one in pairs(expert) do experts[#experts + 1] = one end
proto.experts = experts

local can_id = Field.new('can.id')
local interface_id = Field.new('frame.interface_id')

-- Transfers under way by interface and sender; what a frame completed or showed, by its
-- number, so that a frame looked at again says the same.
local transfers, seen = {}, {}
function proto.init()
  transfers, seen = {}, {}
end

-- Little-endian, bits counted from 0. Doubles hold 53 bits; fields have 32 at most.
local function raw_of(bytes, first_bit, bits)
  local raw, first = 0, math.floor(first_bit / 8)
  local shift = first_bit % 8
  for i = math.ceil((shift + bits) / 8) - 1, 0, -1 do
    raw = raw * 256 + bytes:get_index(first + i)
  end
  return math.floor(raw / 2 ^ shift) % 2 ^ bits
end

local function from_decimal_digits(raw, bits)
  local value, unit = 0, 1
  for _ = 1, bits / 4 do
    local digit = raw % 16
    if digit > 9 then return nil end
    value = value + digit * unit
    unit, raw = unit * 10, math.floor(raw / 16)
  end
  return value
end

local function text_of(bytes, field)
  local text = ''
  for i = 0, field.bits / 8 - 1 do
    local character = bytes:get_index(field.byte + i)
    if character == 0 or character == 255 then break end
    local printable = character >= 32 and character < 127
    text = text .. (printable and string.char(character) or '?')
  end
  return text
end

local function number_text(field, value)
  local decimals = field.steps >= 100 and 2 or field.steps >= 10 and 1 or 0
  local unit = field.unit == 'degC' and '°C' or field.unit
  return string.format('%.' .. decimals .. 'f', value) .. (unit ~= '' and ' ' .. unit or '')
end

local function add_state(tree, range, message, field, raw, says)
  local item = tree:add(field.pf, range, raw)
  if field.untrusted and field.untrusted[raw] then
    item:add_proto_expert_info(expert.untrusted)
  elseif not field.labels[raw] then
    item:add_proto_expert_info(expert.range)
  elseif message.stops and raw == 1 then
    item:add_proto_expert_info(expert.stop, field.title)
    says[#says + 1] = field.title
  elseif not field.quiet or raw ~= 0 then
    says[#says + 1] = field.title .. ' ' .. field.labels[raw]
  end
end

local function add_number(tree, range, field, raw, says, alone)
  local value = (raw + field.offset * field.steps) / field.steps
  if field.kind == 'bcd' then value = from_decimal_digits(raw, field.bits) end
  if not value then
    local odd = tree:add(range, string.format('%s: 0x%X', field.title, raw))
    odd:add_proto_expert_info(expert.range)
    return
  end
  local item = tree:add(field.pf, range, value)
  item:set_text(field.title .. ': ' .. number_text(field, value))
  local half = 0.5 / field.steps
  if field.max and (value < field.min - half or value > field.max + half) then
    item:add_proto_expert_info(expert.range)
  end
  if alone then says[#says + 1] = field.title .. ' ' .. number_text(field, value) end
end

local function add_element(tree, tvb, bytes, message, field, n, says)
  local first_bit = (field.byte + n * field.stride) * 8 + field.bit
  local first = math.floor(first_bit / 8)
  local past = math.ceil((first_bit + field.bits) / 8)
  if past > bytes:len() then return false end
  local range = tvb(first, past - first)
  if field.kind == 'ascii' then
    local text = text_of(bytes, field)
    if text ~= '' then
      tree:add(field.pf, range, text)
      says[#says + 1] = field.title .. ' ' .. text
    end
    return true
  end
  local raw = raw_of(bytes, first_bit, field.bits)
  local ones = raw == 2 ^ field.bits - 1
  if ones and not field.full and not (field.labels and field.labels[raw]) then
    local item = tree:add(range, field.title .. ': not supplied')
    if not field.optional then item:add_proto_expert_info(expert.missing) end
  elseif field.labels then
    add_state(tree, range, message, field, raw, says)
  else
    add_number(tree, range, field, raw, says, field.repeated == 1)
  end
  return true
end

local function length_is_right(message, length)
  if message.unit > 0 then
    return length > 0 and length <= message.lengths[1] and length % message.unit == 0
  end
  for _, one in ipairs(message.lengths) do
    if one == length then return true end
  end
  return false
end

local function add_message(tree, tvb, pinfo, message)
  local bytes, says = tvb:bytes(), {}
  local title = 'GB/T 27930 ' .. message.code .. ' ' .. message.name
  local item = tree:add(proto, tvb(), title)
  item:add(pf.code, message.code):set_generated()
  item:add(pf.name, message.name):set_generated()
  item:add(pf.from, message.charger and 'charger' or 'bms'):set_generated()
  item:add(pf.pgn, message.pgn):set_generated()
  local length = item:add(pf.length, bytes:len())
  length:set_generated()
  if not length_is_right(message, bytes:len()) then
    length:add_proto_expert_info(expert.length)
  end
  for _, field in ipairs(message.fields) do
    for n = 0, field.repeated - 1 do
      if not add_element(item, tvb, bytes, message, field, n, says) then break end
    end
  end
  pinfo.cols.info = message.code .. '  ' .. message.name .. ': ' .. table.concat(says, ', ')
  return item
end

-- What a frame of the transport means, found out once, in the order of the capture.
local function follow_control(key, peer, bytes, number)
  local control = bytes:get_index(0)
  local pgn = bytes:get_index(5) + bytes:get_index(6) * 256 + bytes:get_index(7) * 65536
  local what = { control = control, pgn = pgn }
  if control == 0x10 then
    local former = transfers[key]
    what.restarted = former ~= nil and former.next <= former.packets
    transfers[key] = {
      pgn = pgn, length = bytes:get_index(1) + bytes:get_index(2) * 256,
      packets = bytes:get_index(3), next = 1, bytes = ByteArray.new(), first = number,
    }
  elseif control == 0x11 and transfers[peer] and bytes:get_index(1) > 0 then
    local transfer, wanted = transfers[peer], bytes:get_index(2)
    if wanted < transfer.next and wanted > 0 then -- asked for again
      local kept = (wanted - 1) * 7
      transfer.bytes = kept > 0 and transfer.bytes:subset(0, kept) or ByteArray.new()
      transfer.next = wanted
    end
  elseif control == 0xFF then
    transfers[key], transfers[peer] = nil, nil
  end
  return what
end

local function follow_data(key, bytes)
  local transfer, packet = transfers[key], bytes:get_index(0)
  local what = { packet = packet }
  if not transfer then
    what.unasked = true
    return what
  end
  what.pgn, what.first = transfer.pgn, transfer.first
  if packet ~= transfer.next then
    what.sequence = true
    return what
  end
  transfer.bytes = transfer.bytes .. bytes:subset(1, 7)
  transfer.next = packet + 1
  local all_there = transfer.length > 0 and transfer.bytes:len() >= transfer.length
  if transfer.next > transfer.packets and all_there then
    what.whole = transfer.bytes:subset(0, transfer.length)
    transfers[key] = nil
  end
  return what
end

local control_names = {
  [0x10] = 'RTS', [0x11] = 'CTS', [0x13] = 'EndOfMsgAck', [0x20] = 'BAM',
  [0xFF] = 'Conn_Abort',
}

local function code_of(pgn)
  local message = pgn and by_pgn[pgn]
  return message and message.code or string.format('PGN %06X', pgn or 0)
end

local function add_control(tree, tvb, pinfo, what)
  local name = control_names[what.control] or string.format('control %02X', what.control)
  local title = 'GB/T 27930 transport: ' .. name .. ' ' .. code_of(what.pgn)
  local item = tree:add(proto, tvb(), title)
  item:add(pf.control, tvb(0, 1), name)
  item:add(pf.pgn, tvb(5, 3), what.pgn)
  local info = 'TP.CM ' .. name .. ' ' .. code_of(what.pgn)
  if what.restarted then item:add_proto_expert_info(expert.restarted) end
  if what.control == 0xFF then
    local reason = tvb(1, 1):uint()
    local text = abort_reasons[reason] or string.format('reserved (%d)', reason)
    item:add(pf.reason, tvb(1, 1), text)
    item:add_proto_expert_info(expert.aborted, 'The transfer of ' .. code_of(what.pgn) ..
      ' is aborted: ' .. text)
    info = info .. ': ' .. text
  end
  pinfo.cols.info = info
end

local function add_data(tree, tvb, pinfo, what)
  local item = tree:add(proto, tvb(), 'GB/T 27930 transport: packet ' .. what.packet)
  item:add(pf.packet, tvb(0, 1), what.packet)
  pinfo.cols.info = 'TP.DT packet ' .. what.packet .. ' of ' .. code_of(what.pgn)
  if what.first then item:add(pf.first, what.first):set_generated() end
  if what.unasked then item:add_proto_expert_info(expert.unasked) end
  if what.sequence then item:add_proto_expert_info(expert.sequence) end
  local message = what.whole and by_pgn[what.pgn]
  if message then
    add_message(tree, what.whole:tvb(message.code), pinfo, message)
  end
end

local function transport(tvb, pinfo, tree, id)
  local own, other = id % 256, math.floor(id / 256) % 256
  local interface = interface_id() and interface_id().value or 0
  local key, peer = interface .. ':' .. own, interface .. ':' .. other
  local is_control = math.floor(id / 65536) % 256 == 0xEC
  local what = seen[pinfo.number]
  if not what then
    what = is_control and follow_control(key, peer, tvb:bytes(), pinfo.number)
      or follow_data(key, tvb:bytes())
    seen[pinfo.number] = what
  end
  if is_control then
    add_control(tree, tvb, pinfo, what)
  else
    add_data(tree, tvb, pinfo, what)
  end
end

function proto.dissector(tvb, pinfo, tree)
  local id = can_id().value % 2 ^ 29
  local pgn = math.floor(id / 65536) % 256 * 256
  local is_transport = pgn == 0xEC00 or pgn == 0xEB00
  if tvb:len() == 0 or (is_transport and tvb:len() < 8) then return 0 end
  pinfo.cols.protocol = 'GB/T 27930'
  if is_transport then
    transport(tvb, pinfo, tree, id)
  else
    add_message(tree, tvb, pinfo, by_pgn[pgn])
  end
  return tvb:len()
end

-- Any priority: one that is wrong is still that message.
local identifiers = DissectorTable.get('can.extended_id')
local function register(pgn, to, from)
  for priority = 0, 7 do
    identifiers:add(priority * 2 ^ 26 + pgn * 256 + to * 256 + from, proto)
  end
end
for _, message in ipairs(messages) do
  register(message.pgn, message.charger and 0xF4 or 0x56, message.charger and 0x56 or 0xF4)
end
for _, pgn in ipairs({ 0xEC00, 0xEB00 }) do
  register(pgn, 0xF4, 0x56)
  register(pgn, 0x56, 0xF4)
end
