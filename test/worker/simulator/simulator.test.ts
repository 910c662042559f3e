import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { simulatedVendors } from "../../support/simulated-vendors.ts";

describe("the simulator", () => {
  test("answers a prompt that is sent from inside workerd", async () => {
    const response = await fetch(`${env.SIMULATOR_URL}/v1/messages`, {
      method: "POST",
      body: JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: simulate({ text: "from Node" }) }] }),
    });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const text = await response.text();
    expect(text).toContain('"text":"from Node"');
    expect(text.trimEnd().endsWith('data: {"type":"message_stop"}')).toBe(true);
  });

  test("is what the settings of every vendor point at", () => {
    expect({ ...env }).toMatchObject(simulatedVendors(env.SIMULATOR_URL));
  });
});
