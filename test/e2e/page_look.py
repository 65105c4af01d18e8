#!/usr/bin/env python3
"""Pages in a real Chromium without JavaScript, asked over its pipe: what they load, how wide they are, what a screen reader is told.

page_look.py PAGE.html... [--shots DIR] prints one JSON object with a member for each page, by its file's name:

  requests     what was asked for beside the page itself
  complaints   what the browser complained about: its content security policy, too
  scripts      elements that run, load or frame something
  wide         by width in CSS pixels: how wide the page is laid out there
  missing      lines of PAGE.html.find that a search through the page's text does not find
  unnamed      controls, pictures, tables and regions without a name in the accessibility tree
  headings     the levels of the headings in their order
  tables       of each table: [column headers, row headers, other cells]
  contrast     the lowest contrast of text to its ground, [light, dark]

With --shots pictures of each page go to a folder, for a person to look at.
"""
import argparse
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile

WIDTHS = (320, 360, 768, 1280)
SHOT, SHOTS_MAX = 1400, 30
CONTROLS = {"button", "link", "textbox", "checkbox", "radio", "combobox", "listbox", "menuitem", "slider", "switch", "tab",
            "searchbox", "spinbutton", "DisclosureTriangle", "image", "img", "graphics-document", "navigation", "region", "table"}


class Browser:
    def __init__(self, program, folder):
        to_child, self.out = os.pipe()
        self.inp, from_child = os.pipe()
        # The browser takes commands from descriptor 3 and answers on 4.
        self.process = subprocess.Popen(
            ["sh", "-c", 'exec "$@" 3<&%d 4>&%d' % (to_child, from_child), "sh", program, "--headless=new", "--no-sandbox",
             "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
             "--user-data-dir=" + folder, "--remote-debugging-pipe", "about:blank"],
            pass_fds=(to_child, from_child), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_child)
        os.close(from_child)
        self.rest, self.n, self.events, self.session = b"", 0, [], None

    def message(self):
        while b"\0" not in self.rest:
            some = os.read(self.inp, 1 << 20)
            if not some:
                raise SystemExit("the browser has gone away")
            self.rest += some
        one, self.rest = self.rest.split(b"\0", 1)
        return json.loads(one)

    def ask(self, method, **params):
        self.n += 1
        command = {"id": self.n, "method": method, "params": params}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.out, json.dumps(command).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.n:
                if "error" in answer:
                    raise SystemExit("%s: %s" % (method, answer["error"]))
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        while True:
            for i, event in enumerate(self.events):
                if event.get("method") == method:
                    del self.events[i]
                    return
            self.events.append(self.message())

    def end(self):
        self.session = None
        try:
            self.ask("Browser.close")
        finally:
            self.process.wait(30)


def layout(b, width, dark):
    b.ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 500)
    b.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])


def value(node, key):
    return node.get(key, {}).get("value", "")


def accessibility(b, said):
    b.ask("Accessibility.enable")
    nodes = b.ask("Accessibility.getFullAXTree")["nodes"]
    children = {n["nodeId"]: n.get("childIds", []) for n in nodes}
    by_id = {n["nodeId"]: n for n in nodes}

    def below(i):
        for child in children.get(i, []):
            if child in by_id:
                yield by_id[child]
                yield from below(child)

    said["unnamed"], said["headings"], said["tables"] = [], [], []
    for n in nodes:
        role = value(n, "role")
        properties = {p["name"]: p["value"].get("value") for p in n.get("properties", [])}
        if n.get("ignored"):
            continue
        if (role in CONTROLS or properties.get("focusable")) and role != "RootWebArea" and not value(n, "name").strip():
            said["unnamed"].append(role)
        if role == "heading":
            said["headings"].append(properties.get("level"))
        if role == "table":
            roles = [value(c, "role") for c in below(n["nodeId"])]
            said["tables"].append([roles.count("columnheader"), roles.count("rowheader"), roles.count("cell")])


def luminance(color):
    parts = []
    for c in color:
        c /= 255
        parts.append(c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def rgb(text):
    inside = text[text.index("(") + 1:text.index(")")].replace("/", ",").split(",")
    return [float(x) for x in inside][:3]


def contrast(b):
    """Of text that is painted on one colour: its own element's, or that of the nearest one around it that has any."""
    shot = b.ask("DOMSnapshot.captureSnapshot", computedStyles=["color"], includeTextColorOpacities=True,
                 includeBlendedBackgroundColors=True, includePaintOrder=False)
    strings, lowest = shot["strings"], None
    document = shot["documents"][0]
    tree, parents = document["layout"], document["nodes"]["parentIndex"]
    grounds = {n: g for n, g in zip(tree["nodeIndex"], tree["blendedBackgroundColors"]) if g >= 0}
    for node, style, text in zip(tree["nodeIndex"], tree["styles"], tree["text"]):
        at = node
        while at >= 0 and at not in grounds:
            at = parents[at]
        if text < 0 or not strings[text].strip() or not style or at < 0:
            continue
        a, g = (luminance(rgb(strings[i])) for i in (style[0], grounds[at]))
        ratio = (max(a, g) + 0.05) / (min(a, g) + 0.05)
        lowest = ratio if lowest is None else min(lowest, ratio)
    return round(lowest or 0, 2)


def shoot(b, name, width):
    """The page from top to end in pieces that a person can look at."""
    height = b.ask("Page.getLayoutMetrics")["cssContentSize"]["height"]
    for i in range(min(SHOTS_MAX, int(height + SHOT - 1) // SHOT)):
        clip = {"x": 0, "y": i * SHOT, "width": width, "height": min(SHOT, height - i * SHOT), "scale": 1}
        png = b.ask("Page.captureScreenshot", captureBeyondViewport=True, format="png", clip=clip)["data"]
        with open("%s-%02d.png" % (name, i), "wb") as to:
            to.write(base64.b64decode(png))


def look(b, page, lines, shots):
    said = {}
    b.session = None
    target = b.ask("Target.createTarget", url="about:blank")["targetId"]
    b.session = b.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    b.events = []
    for domain in ("Page", "Network", "Log", "DOM", "Audits", "Runtime"):
        b.ask(domain + ".enable")
    b.ask("Emulation.setScriptExecutionDisabled", value=True)
    layout(b, 1280, False)
    b.ask("Page.navigate", url="file://" + os.path.abspath(page))
    b.wait("Page.loadEventFired")
    said["wide"] = {}
    for width in WIDTHS:
        layout(b, width, False)
        said["wide"][width] = b.ask("Page.getLayoutMetrics")["cssContentSize"]["width"]
    b.ask("DOM.getDocument", depth=-1)
    said["missing"] = []
    for line in lines:
        found = b.ask("DOM.performSearch", query=line)
        if not found["resultCount"]:
            said["missing"].append(line)
    root = b.ask("DOM.getDocument")["root"]["nodeId"]
    said["scripts"] = len(b.ask("DOM.querySelectorAll", nodeId=root, selector="script, iframe, object, embed, link, img, [onclick]")["nodeIds"])
    accessibility(b, said)
    said["contrast"] = []
    for dark in (False, True):
        layout(b, 1280, dark)
        said["contrast"].append(contrast(b))
    for width in (360, 1280) if shots else ():
        for dark in (False, True):
            layout(b, width, dark)
            shoot(b, "%s/%s-%d-%s" % (shots, os.path.basename(page), width, "dark" if dark else "light"), width)
    said["requests"] = [e["params"]["request"]["url"] for e in b.events
                        if e.get("method") == "Network.requestWillBeSent"][1:]
    said["complaints"] = [e["params"]["entry"]["text"] for e in b.events if e.get("method") == "Log.entryAdded"]
    said["complaints"] += [e["params"]["issue"]["code"] for e in b.events if e.get("method") == "Audits.issueAdded"]
    return said


def lines_of(page):
    try:
        with open(page + ".find", encoding="utf-8") as f:
            return [line.rstrip("\n") for line in f if line.strip()]
    except FileNotFoundError:
        return []


def main():
    options = argparse.ArgumentParser()
    options.add_argument("pages", nargs="+")
    options.add_argument("--shots")
    args = options.parse_args()
    folder = tempfile.mkdtemp()
    b = Browser(shutil.which("chromium"), folder)
    try:
        said = {os.path.basename(p): look(b, p, lines_of(p), args.shots) for p in args.pages}
    finally:
        b.end()
        shutil.rmtree(folder, ignore_errors=True)
    json.dump(said, sys.stdout, indent=1)
    print()


main()
