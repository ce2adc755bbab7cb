-- The requests of a load for wrk, and its outcome as one line of JSON.
-- Arguments: pages, countries, milliseconds that a connection waits between requests (0: none).

local SAMPLES = 200000

local function post(page, country)
  local body = string.format(
    '{"context":{"pagePath":"/posts/a-title-of-usual-length-%d","pageType":"article"}}', page)
  local headers = {
    ["Content-Type"] = "application/json",
    ["Origin"] = "https://blog.example",
    ["X-Real-IP"] = string.format("2.2.%d.1", country),
  }
  return wrk.format("POST", nil, headers, body)
end

function init(args)
  local pages, countries, think = tonumber(args[1]), tonumber(args[2]), tonumber(args[3])
  math.randomseed(1)
  if think > 0 then
    -- Exponential, so that the connections do not fall into step.
    delay = function() return math.floor(-math.log(1 - math.random()) * think + 0.5) end
  end
  if pages == 1 and countries == 1 then
    local only = post(0, 0)
    request = function() return only end
    return
  end
  local sample = {}
  for n = 1, SAMPLES do
    -- The n-th page is asked for 1/n as often as the first.
    local page = math.floor(pages ^ math.random()) - 1
    sample[n] = post(page, math.random(countries) - 1)
  end
  local at = 0
  request = function()
    at = at % SAMPLES + 1
    return sample[at]
  end
end

function done(summary, latency)
  local errors = summary.errors
  local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.stderr:write(string.format(
    '{"requests":%d,"seconds":%f,"p50Ms":%f,"p99Ms":%f,"failures":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, failures))
end
