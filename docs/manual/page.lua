-- SPDX-License-Identifier: MIT
-- A page of docs/ on its way to HTML: its title, its links, and the contents of the manual beside it.
--
--   PAGE=zh/bench.md TO=build/manual UP=../ pandoc --lua-filter page.lua ...     run in docs/
local page, to, up = os.getenv("PAGE"), os.getenv("TO"), os.getenv("UP")
local folder = page:match("^(.*/)") or ""

-- "zh/../ci/x.yml" -> "ci/x.yml"; above docs/ it begins with "../".
local function resolved(path)
  local before
  repeat
    before = path
    path = path:gsub("^%./", ""):gsub("([^/]+)/%.%./", function(name) return name == ".." and "../../" or "" end)
  until path == before
  return path
end

local function content(path)
  local file = io.open(path, "rb")
  local text = file and file:read("a") -- nil of a folder
  if file then file:close() end
  return text
end

-- Into the manual under this name; false when it is no file.
local function copied(path, name)
  local text = content(path)
  if not text then return false end
  local inside = to .. "/" .. (name:match("^(.*)/") or "")
  os.execute("mkdir -p '" .. inside .. "'")
  local file = assert(io.open(to .. "/" .. name, "wb"))
  file:write(text)
  file:close()
  return true
end

-- Where a link of a page in docs/`from` leads, seen from this page; nil: to nothing that the manual has.
local function target(link, from)
  if link:match("^%a+:") or link:match("^#") then return link end
  local path, anchor = link:match("^([^#]*)(#?.*)$")
  path = resolved(from .. path)
  if path == "README.md" then return up .. "index.html" .. anchor end
  if path:match("%.md$") and not path:match("^%.%./") then return up .. path:gsub("%.md$", ".html") .. anchor end
  local name = path:gsub("^%.%./", "source/") -- what lies outside of docs/
  return copied(path, name) and up .. name or nil
end

function Link(link)
  local leads = target(link.target, folder)
  if not leads then return link.content end
  link.target = leads
  return link
end

function Image(image)
  image.src = assert(target(image.src, folder), image.src)
  return image
end

-- A line that ends between two Chinese characters is no space.
function Inlines(inlines)
  local kept = pandoc.Inlines({})
  for i, inline in ipairs(inlines) do
    local before, after = inlines[i - 1], inlines[i + 1]
    local joins = inline.t == "SoftBreak" and before and after and before.t == "Str" and after.t == "Str"
      and before.text:match("[\xE3-\xEF][\x80-\xBF][\x80-\xBF]$") and after.text:match("^[\xE3-\xEF]")
    if not joins then kept:insert(inline) end
  end
  return kept
end

-- The headings and links of docs/README.md, without what it says of each page.
local function contents()
  local blocks, chinese = pandoc.List(), nil
  for _, block in ipairs(pandoc.read(content("README.md"), "gfm").blocks) do
    if block.t == "Header" and block.level > 1 then
      blocks:insert(pandoc.Para(pandoc.Strong(block.content)))
      chinese = pandoc.utils.stringify(block) == "中文" and #blocks or chinese
    elseif block.t == "BulletList" then
      local list = pandoc.List()
      block:walk({ Link = function(link)
        local leads = target(link.target, "")
        local here = resolved(link.target) == page
        list:insert({ pandoc.Plain(pandoc.Link(link.content, leads, "", { class = here and "here" or "" })) })
      end })
      blocks:insert(pandoc.BulletList(list))
    end
  end
  if folder == "zh/" then -- one's own language first
    return pandoc.List({ table.unpack(blocks, chinese) }) .. pandoc.List({ table.unpack(blocks, 1, chinese - 1) })
  end
  return blocks
end

function Pandoc(document)
  for _, block in ipairs(document.blocks) do
    if block.t == "Header" and block.level == 1 then
      document.meta.pagetitle = pandoc.utils.stringify(block)
      break
    end
  end
  document.meta.contents = pandoc.MetaBlocks(contents())
  return document
end
