# SPDX-License-Identifier: GPL-2.0-or-later
"""browse: what a page does in Chromium, for the tests. Reads lines from standard input:

open FILE[#ADDRESS]  as if typed; the page is loaded when the next line is read
script on|off        for what is opened next
scheme light|dark    what the reader's desktop asks for
media screen|print
size WIDTH HEIGHT    of the window
until EXPRESSION     waits until it is true of the page
do STATEMENT
click SELECTOR       with the mouse, in the middle of what it finds
back                 one step in the history
within MS            the last page was loaded in less; prints how long it took
shot FILE            a picture of the window, PNG

The DevTools protocol goes through a pipe, so that nothing listens and nothing waits for a port.
Fails where a line does, and on whatever a page writes on the console, throws, asks or loads.
Exit code 77: Chromium cannot be started, and why.
"""
import base64
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

LIMIT_S = 300  # nothing takes as long, whatever else the machine does
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-extensions", "--remote-debugging-pipe", "about:blank"]


class Failure(Exception):
    pass


class CannotStart(Exception):
    pass


class Browser:
    def __init__(self, home):
        self.home = home
        self.program = shutil.which("chromium") or shutil.which("chromium-browser")
        if not self.program:
            raise CannotStart("there is no chromium")
        self.amiss, self.number, self.rest, self.script = [], 0, b"", True
        self.start()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    # Chromium reads commands from descriptor 3 and answers on 4.
    def start(self):
        command_out, self.commands = os.pipe()
        self.answers, answer_in = os.pipe()

        def descriptors():
            high = [os.dup(command_out), os.dup(answer_in)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.session = None
        self.log = open(os.path.join(self.home, "log"), "w+b")
        self.process = subprocess.Popen(
            [self.program, "--user-data-dir=" + os.path.join(self.home, "profile")] + FLAGS,
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, close_fds=False,
            preexec_fn=descriptors, start_new_session=True,
            env={**os.environ, "HOME": self.home, "XDG_CONFIG_HOME": self.home,
                 "XDG_CACHE_HOME": self.home})
        os.close(command_out)
        os.close(answer_in)

    # It ends what it has begun, if it can.
    def end(self):
        try:
            os.write(self.commands, b'{"id": 0, "method": "Browser.close"}\0')
            self.process.wait(LIMIT_S / 10)
        except (OSError, subprocess.TimeoutExpired):
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def log_text(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace").strip()

    def message(self, deadline):
        while b"\0" not in self.rest:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.answers], [], [], left)[0]:
                raise Failure("Chromium does not answer")
            more = os.read(self.answers, 1 << 20)
            if not more and not self.session:
                raise CannotStart("chromium ends at once: " + self.log_text()[-300:])
            if not more:
                raise Failure("Chromium has ended: " + self.log_text()[-300:])
            self.rest += more
        line, self.rest = self.rest.split(b"\0", 1)
        return json.loads(line)

    def take(self, event):
        name, what = event["method"], event["params"]
        if name == "Runtime.exceptionThrown":
            self.amiss.append("thrown: " + str(what["exceptionDetails"]))
        elif name == "Runtime.consoleAPICalled":
            self.amiss.append("on the console: " + str(what["args"]))
        elif name == "Log.entryAdded":
            self.amiss.append("on the console: " + what["entry"]["text"])
        elif name == "Page.javascriptDialogOpening":
            self.amiss.append("asks: " + what["message"])
            self.call("Page.handleJavaScriptDialog", accept=False)
        elif name == "Network.requestWillBeSent":
            if what["request"]["url"].split("#")[0] != self.address:
                self.amiss.append("loads " + what["request"]["url"][:200])
        elif name == "Page.loadEventFired":
            self.loaded = True

    def call(self, method, **params):
        self.number += 1
        number, deadline = self.number, time.monotonic() + LIMIT_S
        request = {"id": number, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.commands, json.dumps(request).encode() + b"\0")
        while True:
            answer = self.message(deadline)
            if "method" in answer:
                self.take(answer)
            elif answer["id"] == number:
                if "error" in answer:
                    raise Failure(method + ": " + answer["error"]["message"])
                return answer["result"]

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise Failure(str(answer["exceptionDetails"]["exception"].get("description")))
        return answer["result"].get("value")

    def until(self, expression):
        deadline = time.monotonic() + LIMIT_S / 5
        while not self.evaluate(f"!!({expression})"):
            if time.monotonic() > deadline:
                raise Failure("never true")
            time.sleep(.02)

    # Of another file, or of the same one anew: never a mere change of the address on it.
    def open(self, where):
        path, _, fragment = where.partition("#")
        self.address = "about:blank"
        self.loaded = False
        self.call("Page.navigate", url=self.address)
        self.wait_loaded()
        self.address = pathlib.Path(path).resolve().as_uri()
        self.loaded = False
        begun = time.monotonic()
        answer = self.call("Page.navigate", url=self.address + ("#" + fragment if fragment else ""))
        if "errorText" in answer:
            raise Failure(answer["errorText"])
        self.wait_loaded()
        if self.script: # two frames on it has been laid out and painted
            self.call("Runtime.evaluate", awaitPromise=True, expression="""new Promise(done =>
                requestAnimationFrame(() => requestAnimationFrame(done)))""")
        self.took_ms = round(1000 * (time.monotonic() - begun))

    def wait_loaded(self):
        deadline = time.monotonic() + LIMIT_S
        while not self.loaded:
            answer = self.message(deadline)
            if "method" in answer:
                self.take(answer)

    def click(self, selector):
        x, y = self.evaluate("""(() => {
            const at = document.querySelector(%s);
            at.scrollIntoView({block: "center"});
            const box = at.getClientRects()[0];
            return [box.x + box.width / 2, box.y + box.height / 2];
        })()""" % json.dumps(selector))
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def back(self):
        history = self.call("Page.getNavigationHistory")
        entry = history["entries"][history["currentIndex"] - 1]
        self.call("Page.navigateToHistoryEntry", entryId=entry["id"])

    def within(self, limit_ms):
        print(f"loaded in {self.took_ms} ms")
        if self.took_ms >= int(limit_ms):
            raise Failure(f"it took {self.took_ms} ms")

    def shot(self, path):
        picture = self.call("Page.captureScreenshot", format="png")["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(picture))

    def carry_out(self, line):
        word, _, rest = line.strip().partition(" ")
        if word in ("open", "until", "click", "within", "shot"):
            getattr(self, word)(rest)
        elif word == "back":
            self.back()
        elif word == "do":
            self.evaluate(rest)
        elif word == "script":
            self.script = rest == "on"
            self.call("Emulation.setScriptExecutionDisabled", value=not self.script)
        elif word == "media":
            self.call("Emulation.setEmulatedMedia", media=rest)
        elif word == "scheme":
            self.call("Emulation.setEmulatedMedia",
                      features=[{"name": "prefers-color-scheme", "value": rest}])
        elif word == "size":
            width, height = rest.split()
            self.call("Emulation.setDeviceMetricsOverride", width=int(width), height=int(height),
                      deviceScaleFactor=1, mobile=False)
        elif word and not word.startswith("//"):
            raise Failure("no such word")
        if self.amiss:
            raise Failure("\n".join(self.amiss))


def browse(home):
    browser = None
    try:
        browser = Browser(home)
        for line in sys.stdin:
            try:
                browser.carry_out(line)
            except Failure as failure:
                print(f"{line.strip()}\n{failure}", file=sys.stderr)
                return 1
        return 0
    except CannotStart as why:
        print(why)
        return 77
    finally:
        if browser:
            browser.end()


with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
    sys.exit(browse(home))
