// Does with jieda what programs built on the TypeScript SDK do: version 1 (@modelcontextprotocol/sdk) and version 2
// (@modelcontextprotocol/client). TestMCPTypeScript runs it: node client.mjs URL KEY
import * as v1 from "@modelcontextprotocol/sdk/client/index.js";
import * as v1http from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import * as v2 from "@modelcontextprotocol/client";

const [url, key] = process.argv.slice(2);

async function connect({ Client }, { StreamableHTTPClientTransport }, secret) {
  const headers = secret ? { Authorization: `Bearer ${secret}` } : {};
  const client = new Client({ name: "test", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return client;
}

async function call(client, name, args) {
  const result = await client.callTool({ name, arguments: args });
  if (result.isError || result.content.length !== 1 || result.content[0].type !== "text") {
    throw new Error(`${name}: ${JSON.stringify(result)}`);
  }
  return JSON.parse(result.content[0].text);
}

async function run(label, sdk, http) {
  const say = (...words) => console.log(`${label}:`, ...words);
  const client = await connect(sdk, http);
  const { tools } = await client.listTools();
  say("tools", tools.map((tool) => tool.name).sort().reverse().join(", "));

  const found = await call(client, "search", { query: "怎么退货" });
  say(found.decision, found.results[0].id);
  const article = await call(client, "fetch", { id: found.results[0].id });
  say("fetched", article.title, article.text.includes("七天内"));
  const nothing = await call(client, "search", { query: "量子纠缠是什么" });
  say(nothing.decision, nothing.results.length);

  const staff = await connect(sdk, http, key);
  const internal = await call(staff, "search", { query: "客服可以赔付多少钱" });
  say("staff", internal.decision, internal.results[0].id);
  await staff.close();

  const { resources, nextCursor } = await client.listResources(label === "sdk" ? {} : { cursor: "0" });
  say(`resources ${resources.length}, more`, nextCursor !== undefined);
  const { contents } = await client.readResource({ uri: resources[0].uri });
  say("read", contents.length === 1 && contents[0].text.length > 0);
  const missing = await client.callTool({ name: "fetch", arguments: { id: "faq/none" } });
  say("missing", missing.isError === true && missing.content[0].text.startsWith("article_not_found"));
  await client.close();
}

await run("sdk", v1, v1http);
await run("client", v2, v2);
