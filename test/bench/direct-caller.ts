import Anthropic from "@anthropic-ai/sdk";

export type DirectCaller = { call(prompt: string): Promise<string> };

/** Calls the vendor as a Node program does without us: the same SDK, streamed as well, no retries. Returns the answer's text. */
export function directCaller(baseURL: string): DirectCaller {
  const client = new Anthropic({ apiKey: "bench", baseURL, maxRetries: 0 });
  return {
    async call(prompt) {
      const events = await client.messages.create({
        model: "claude-opus-5-5",
        max_tokens: 8_192,
        messages: [{ role: "user", content: prompt }],
        stream: true,
      });
      let text = "";
      for await (const event of events) {
        if (event.type === "content_block_delta" && event.delta.type === "text_delta") text += event.delta.text;
      }
      return text;
    },
  };
}
