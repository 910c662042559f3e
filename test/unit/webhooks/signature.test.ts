import { describe, expect, test } from "vitest";
import { newSigningSecret, signatureHeaders } from "../../../src/webhooks/signature.ts";
import { signersOf } from "../../support/verified-webhook.ts";

describe("signatureHeaders", () => {
  test("are those that Standard Webhooks gives as its example", () => {
    const headers = signatureHeaders(
      { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: 1_614_265_330_999, payload: '{"test": 2432232314}' },
      ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    );
    expect(headers).toEqual({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  test("have a signature of every secret, which another implementation accepts", () => {
    const secrets = [newSigningSecret(), newSigningSecret(), newSigningSecret()];
    const headers = signatureHeaders({ id: "msg_1", at: Date.now(), payload: '{"ä":"…"}' }, secrets.slice(0, 2));
    expect(signersOf({ headers, body: '{"ä":"…"}' }, secrets)).toEqual(secrets.slice(0, 2));
    expect(signersOf({ headers, body: '{"ä":"."}' }, secrets)).toEqual([]);
  });
});

describe("newSigningSecret", () => {
  test("is 32 random bytes", () => {
    const [one, other] = [newSigningSecret(), newSigningSecret()];
    expect(one).not.toBe(other);
    expect(Buffer.from(one.replace("whsec_", ""), "base64")).toHaveLength(32);
  });
});
