/** Three models answer one question; a fourth call says what they agree on, and who dissents on what. */
import { createClient } from "depute/client";

const { DEPUTE_URL = "http://127.0.0.1:8787", DEPUTE_KEY = "" } = process.env;
const question = process.argv[2] ?? "What's the best approach for caching?";

const client = createClient({ baseUrl: DEPUTE_URL, apiKey: DEPUTE_KEY });
const consensus = await client.getConsensus({
  prompt: question,
  panel: [{ model: "claude-opus" }, { model: "gemini-2.0-flash" }, { model: "gpt-4-turbo" }],
  judge: { model: "claude-opus" },
});

for (const [member, { success, response, error }] of Object.entries(consensus.answers)) {
  console.log(`## ${member}\n${success ? response : `(no answer: ${error})`}\n`);
}
console.log(`## Consensus (agreement ${consensus.agreement})\n${consensus.response}\n`);
for (const { member, point } of consensus.dissent) console.log(`${member} dissents: ${point}`);
if (consensus.dissent.length === 0) console.log("Nobody dissents.");
console.log(`${consensus.tokensUsed} tokens, $${consensus.cost?.toFixed(4) ?? "?"}`);
