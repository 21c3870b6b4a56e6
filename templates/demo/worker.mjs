// The demo's worker: knows only the two variables that every worker gets, and plain fetch.
const base = process.env.LITELLM_API_BASE;
const key = process.env.LITELLM_API_KEY;
if (!base || !key) throw new Error("LITELLM_API_BASE and LITELLM_API_KEY are not set");

const expected = { chat: "Hello from the real LiteLLM.", messages: "Hello in the Messages format." };

async function call(path, body) {
  const answer = await fetch(base + path, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(120_000),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return answer;
}

function show(what, got, wanted) {
  if (wanted !== undefined && got !== wanted) throw new Error(`${what}: got ${JSON.stringify(got)}`);
  console.log(`  ${what.padEnd(20)} ${got}`);
}

const chat = { model: "demo-chat", messages: [{ role: "user", content: "Hello?" }] };

const answer = await (await call("/v1/chat/completions", chat)).json();
show("chat", answer.choices[0].message.content, expected.chat);

let streamed = "";
let pieces = 0;
let rest = "";
const stream = await call("/v1/chat/completions", { ...chat, stream: true });
for await (const chunk of stream.body.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    if (!line.startsWith("data: ") || line === "data: [DONE]") continue;
    const piece = JSON.parse(line.slice(6)).choices[0]?.delta?.content;
    if (piece) {
      streamed += piece;
      pieces += 1;
    }
  }
}
show(`stream, ${pieces} pieces`, streamed, expected.chat);

const models = (await (await call("/v1/models")).json()).data.map((model) => model.id).toSorted();
show("models", models.join(" "), "demo-chat demo-claude");

const message = await (
  await call("/v1/messages", { model: "demo-claude", max_tokens: 64, messages: chat.messages })
).json();
show("/v1/messages", message.content[0].text, expected.messages);
