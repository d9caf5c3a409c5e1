// Asks jieda for suggested answers and does what each decision allows. Node.js 18 or later, nothing to install.
//
//   JIEDA=http://localhost:8080 JIEDA_KEY=jieda_… node docs/examples/suggest.mjs 钱啥时候退回来
//
// Without JIEDA_KEY it sees public articles only. From a page in a browser, set server.cors_origins and use no key:
// whoever opens the page could read it.

const { JIEDA = "http://localhost:8080", JIEDA_KEY } = process.env;

// suggest returns the decision with its answers. It throws when there is no answer: hand over to a human then.
async function suggest(message, { history = [], trail } = {}) {
  const response = await fetch(`${JIEDA}/api/v1/suggest`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...(JIEDA_KEY && { Authorization: `Bearer ${JIEDA_KEY}` }),
    },
    // trail is that of the answer before: what this customer asked so far.
    body: JSON.stringify({ message, history, trail, channel: "web" }),
    signal: AbortSignal.timeout(3000),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(`${body.code}: ${body.detail}`); // problem+json
  return body;
}

// reply puts what was found into one message to the customer.
function reply({ decision, answers, reasons, handover }) {
  switch (decision) {
    case "answer":
      return answers[0].answer.text;
    case "choose":
      return ["您想问的是哪一个？", ...answers.map((a, i) => `${i + 1}. ${a.label}`)].join("\n");
    case "suggest":
      return ["可能有帮助：", ...answers.map((a) => `${a.label} ${a.url}`)].join("\n");
  }
  if (reasons.why === "no_question") return "您好，请问有什么可以帮您？";
  const { text, url } = handover ?? { text: "正在为您转接人工客服", url: "" };
  return `${text} ${url}`.trim();
}

const found = await suggest(process.argv.slice(2).join(" "));
console.log(found.decision);
console.log(reply(found));
