#!/usr/bin/python3
"""A chat API (OpenAI-compatible) on loopback that does what a person's name says.

Prints its port into the file named first, a line a request into the second:
the number of the try for that question, and the name. Words in the name:
later (429, then an answer), broken (always 500), cut, page, long, empty,
refuse, gone (closes), invent (a number that nobody knows), hang (until the
file "go" is there). A key of "wrong" is not accepted.
"""
import collections
import http.server
import json
import os
import re
import sys
import time

tries = collections.Counter()
log = open(sys.argv[2], "w", buffering=1)


def answer(text, finish="stop", refusal=None):
    message = {"role": "assistant", "content": text, "refusal": refusal}
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return json.dumps({"model": "m-1", "choices": [choice], "usage": usage})


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body, *headers, length=None):
        data = body.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = asked["messages"][-1]["content"]
        data = json.loads(re.search(r"<data>\n(.*)\n</data>", text).group(1))
        name = data.get("name", "")
        tries[text] += 1
        log.write("%d %s\n" % (tries[text], name))
        if self.headers.get("Authorization") == "Bearer wrong":
            return self.reply(401, '{"error":{"message":"Incorrect key: wrong"}}')
        if "later" in name and tries[text] == 1:
            return self.reply(429, "{}", ("Retry-After", "1"))
        if "broken" in name:
            return self.reply(500, "oops")
        if "cut" in name:
            self.reply(200, '{"choices":', length=500)
            self.close_connection = True
            return None
        if "gone" in name:
            self.close_connection = True
            return None
        if "page" in name:
            return self.reply(200, "<html>welcome</html>")
        if "long" in name:
            return self.reply(200, answer("You call", finish="length"))
        if "empty" in name:
            return self.reply(200, answer(" "))
        if "refuse" in name:
            return self.reply(200, answer(None, refusal="I cannot help with that."))
        while "hang" in name and not os.path.exists("go"):
            time.sleep(0.01)
        if "invent" in name:
            return self.reply(200, answer("You tell %s that 777 rupees were granted to all." % name))
        if "response_format" in asked:
            briefing = {"opening": "Hello %s." % name, "talking_points": ["The course starts."],
                        "questions": [{"question": "When?", "answer": "Soon."}],
                        "closing": "Goodbye.", "language": "en"}
            return self.reply(200, answer(json.dumps(briefing)))
        notes = " The notes say: " + text.split("Notes of the house:")[1].split("\n")[3] \
            if "Notes of the house:" in text else ""
        return self.reply(200, answer("You call %s and tell about the course that starts.%s" % (name, notes)))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


server = Server(("127.0.0.1", 0), Handler)
with open(sys.argv[1] + ".new", "w") as f:
    f.write("%d\n" % server.server_address[1])
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
