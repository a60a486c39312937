#!/usr/bin/python3
"""browser.py: a browser as a shell test speaks to it, by WebDriver over loopback.

browser.py start DIR              begins a chromium: DIR/session tells the others where it is
browser.py stop                   ends it
browser.py go URL                 opens the address
browser.py js CODE                runs it in the page and prints what it returns, as text or JSON
browser.py await SECONDS CODE     until the expression is true in the page: 0, else prints the
                                  page's text and the last value to stderr, 1
browser.py keys KEY ...           presses keys: a text, or Tab Shift+Tab Enter Escape Space ...
browser.py size WIDTH HEIGHT      of the viewport
browser.py scheme light|dark      what the person prefers
browser.py network off|on         cuts the line, or joins it again
browser.py shot FILE [HEIGHT]     a picture of the viewport, or of so many pixels from the top
browser.py log                    what the console got since: "LEVEL TEXT" a line
browser.py requests               the addresses that were asked for since, one a line

DIR is $BROWSER. Nothing here sleeps: await watches the page, in the page.
"""
import base64
import http.client
import json
import os
import subprocess
import sys

KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "Space": "\ue00d",
        "Backspace": "\ue003", "Shift": "\ue008", "Down": "\ue015", "Up": "\ue013"}
STARTED = "was started successfully on port "


class Driver:
    def __init__(self, port, session=None):
        self.port, self.session = port, session

    def ask(self, method, path, body=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        c.request(method, path, None if body is None else json.dumps(body),
                  {"Content-Type": "application/json"})
        value = json.loads(c.getresponse().read())["value"]
        if isinstance(value, dict) and value.get("error"):
            sys.exit("browser: %s: %s" % (path, value["message"].splitlines()[0]))
        return value

    def post(self, path, **body):
        return self.ask("POST", "/session/%s/%s" % (self.session, path), body)

    def cdp(self, command, **params):
        return self.post("goog/cdp/execute", cmd=command, params=params)


def start(folder):
    os.makedirs(folder, exist_ok=True)
    log = open(folder + "/driver.log", "w+")
    # It takes a free port of one family, which may be taken in the other: then it ends at once.
    for _ in range(10):
        driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=log,
                                  stdin=subprocess.DEVNULL, text=True)
        line = next((s for s in driver.stdout if STARTED in s), None)
        if line:
            break
        driver.wait()
    else:
        sys.exit("browser: chromedriver did not start: " + open(folder + "/driver.log").read())
    port = int(line.split(STARTED)[1].strip().rstrip("."))
    options = {"binary": "/usr/bin/chromium", "args": [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-default-apps", "--disable-extensions", "--force-color-profile=srgb",
        "--hide-scrollbars", "--user-data-dir=" + os.path.abspath(folder) + "/profile"]}
    d = Driver(port)
    made = d.ask("POST", "/session", {"capabilities": {"alwaysMatch": {
        "browserName": "chrome", "goog:chromeOptions": options, "timeouts": {"script": 280000},
        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})
    with open(folder + "/session", "w") as f:
        json.dump({"port": port, "session": made["sessionId"]}, f)
    # The driver stays with this process: it ends when the test ends both.
    driver.stdout.read()


def show(value):
    if value is not None:
        print(value if isinstance(value, str) else json.dumps(value, separators=(",", ":")))


def wait_for(d, seconds, code):
    script = """
        const ms = 1000 * arguments[0], done = arguments[1];
        let last = null, over = false, watch;
        const end = value => { if (!over) { over = true; watch.disconnect(); clearInterval(beat); clearTimeout(late); done(value); } };
        const look = () => { try { last = CONDITION; if (last) end(null); } catch (e) { last = String(e); } };
        watch = new MutationObserver(look);
        watch.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
        const beat = setInterval(look, 100), late = setTimeout(() => end({last, text: document.body.innerText}), ms);
        look();
    """.replace("CONDITION", "(" + code + ")")
    failed = d.post("execute/async", script=script, args=[float(seconds)])
    if failed:
        sys.stderr.write("%s\n  is %s; the page says:\n%s\n" % (code, failed["last"], failed["text"]))
        sys.exit(1)


def press(d, keys):
    actions = []
    for key in keys:
        *held, last = key.split("+") if key != "+" else [key]
        typed = [KEYS[last]] if last in KEYS else list(key if not held else last)
        down = [{"type": "keyDown", "value": KEYS[k]} for k in held if last in KEYS]
        up = [{"type": "keyUp", "value": KEYS[k]} for k in held if last in KEYS]
        if held and not down:
            typed = list(key)
        actions += down
        for c in typed:
            actions += [{"type": "keyDown", "value": c}, {"type": "keyUp", "value": c}]
        actions += up
    d.post("actions", actions=[{"type": "key", "id": "keyboard", "actions": actions}])


def size(d, width, height):
    d.cdp("Emulation.setDeviceMetricsOverride", width=int(width), height=int(height),
          deviceScaleFactor=1, mobile=int(width) < 600)


def shot(d, path, height=None):
    params = {"format": "png", "captureBeyondViewport": height is not None}
    if height is not None:
        width = d.post("execute/sync", script="return innerWidth", args=[])
        params["clip"] = {"x": 0, "y": 0, "width": width, "height": int(height), "scale": 1}
    picture = d.cdp("Page.captureScreenshot", **params)
    with open(path, "wb") as f:
        f.write(base64.b64decode(picture["data"]))


def log(d):
    for e in d.post("se/log", type="browser"):
        print(e["level"], e["message"].replace("\n", " "))


def requests(d):
    for e in d.post("se/log", type="performance"):
        m = json.loads(e["message"])["message"]
        if m["method"] == "Network.requestWillBeSent":
            print(m["params"]["request"]["url"])


def main(argv):
    verb, rest = argv[1], argv[2:]
    if verb == "start":
        return start(*rest)
    with open(os.environ["BROWSER"] + "/session") as f:
        d = Driver(**json.load(f))
    if verb == "go":
        d.post("url", url=rest[0])
    elif verb == "stop":
        d.ask("DELETE", "/session/" + d.session)
    elif verb == "js":
        show(d.post("execute/sync", script=rest[0], args=[]))
    elif verb == "await":
        wait_for(d, *rest)
    elif verb == "keys":
        press(d, rest)
    elif verb == "size":
        size(d, *rest)
    elif verb == "scheme":
        d.cdp("Emulation.setEmulatedMedia",
              features=[{"name": "prefers-color-scheme", "value": rest[0]}])
    elif verb == "network":
        d.post("chromium/network_conditions", network_conditions={
            "offline": rest[0] == "off", "latency": 0, "throughput": -1})
    elif verb == "shot":
        shot(d, *rest)
    elif verb == "log":
        log(d)
    elif verb == "requests":
        requests(d)
    else:
        sys.exit("browser: no verb " + verb)


main(sys.argv)
