"""Asks jieda for suggested answers and does what each decision allows. Python 3.9 or later, nothing to install.

    JIEDA=http://localhost:8080 JIEDA_KEY=jieda_… python3 docs/examples/suggest.py 钱啥时候退回来

Without JIEDA_KEY it sees public articles only.
"""

import json
import os
import sys
import urllib.error
import urllib.request


def suggest(message, history=(), trail=None):
    """Returns the decision with its answers. Raises OSError when there is no answer: hand over to a human then."""
    body = {"message": message, "history": list(history), "channel": "wecom"}
    if trail:
        body["trail"] = trail  # of the answer before: what this customer asked so far
    request = urllib.request.Request(
        os.environ.get("JIEDA", "http://localhost:8080") + "/api/v1/suggest",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    if key := os.environ.get("JIEDA_KEY"):
        request.add_header("Authorization", "Bearer " + key)
    try:
        with urllib.request.urlopen(request, timeout=3) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        problem = json.load(error)  # application/problem+json: code for programs, detail for people
        raise OSError(f"{problem['code']}: {problem['detail']}") from error


def reply(found):
    """Puts what was found into one message to the customer."""
    answers = found["answers"]
    if found["decision"] == "answer":
        return "\n\n".join(a["answer"]["text"] for a in answers[:1])
    if found["decision"] == "choose":
        return "您想问的是哪一个？\n" + "\n".join(f"{i}. {a['label']}" for i, a in enumerate(answers, 1))
    if found["decision"] == "suggest":
        return "可能有帮助：\n" + "\n".join(f"{a['label']} {a['url']}" for a in answers)
    if found["reasons"]["why"] == "no_question":
        return "您好，请问有什么可以帮您？"
    handover = found["handover"] or {"text": "正在为您转接人工客服", "url": ""}
    return f"{handover['text']} {handover['url']}".strip()


if __name__ == "__main__":
    result = suggest(" ".join(sys.argv[1:]))
    print(result["decision"])
    print(reply(result))
