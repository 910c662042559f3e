import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { auditRow } from "../../../src/db/audit.ts";
import type { DelegationState } from "../../../src/delegations/delegation-state.ts";
import { callsFor, eventsOf, finalOf, freshId, objectOf, rowOf, specOf } from "../../support/delegation-object.ts";

const manual = (id: string) => specOf(id, simulate({ text: "approved work" }, id), { ask: { approval: "manual" } });

describe("a task that needs approval", () => {
  test("calls nobody until it is approved, then runs", async () => {
    const id = freshId();
    const stub = objectOf(id);
    expect(await stub.start(manual(id))).toMatchObject({ kind: "created", delegation: { status: "needs-approval" } });
    await expect.poll(() => rowOf(id)).toMatchObject({ status: "needs-approval" });
    expect(await callsFor(id)).toHaveLength(0);
    expect((await stub.decide("approve", "bob")).kind).toBe("decided");
    expect(await finalOf(stub)).toMatchObject({ status: "completed", output: "approved work" });
    expect(await eventsOf(stub)).toContainEqual(
      expect.objectContaining({ type: "approval.resolved", decision: "approved", by: "bob" }),
    );
  });

  test("takes the same decision again and no other one", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(manual(id));
    expect((await stub.decide("reject", "bob")).kind).toBe("decided");
    expect((await stub.decide("reject", "eve")).kind).toBe("decided");
    expect((await stub.decide("approve", "eve")).kind).toBe("conflict");
    expect(await finalOf(stub)).toMatchObject({ status: "cancelled", error: { code: "rejected", message: "Rejected by bob." } });
    expect(await callsFor(id)).toHaveLength(0);
  });

  test("has a decision that is still to be put on record, which a deletion that is not on record itself does not lose", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(manual(id));
    await runInDurableObject(stub, (_object, { storage }) => {
      const deed = { workspace: "default", action: "delegation.rejected", subject: id } as const;
      storage.kv.put("audit", [auditRow(deed, { actor: "bob", key_id: null, request_id: null }, Date.now())]);
      storage.kv.put("outbox/audit", { due_at: Date.now() + 3_600_000, failures: 12 });
    });
    expect(await stub.erase("retention")).toEqual({ kind: "erased" });
    const onRecord = () => env.DB.prepare("select actor from audit where subject = ?").bind(id).all();
    await expect.poll(async () => (await onRecord()).results).toEqual([{ actor: "bob" }]);
    const left = () => runInDurableObject(stub, (_object, { storage }) => [...storage.kv.list()].map(([key]) => key));
    await expect.poll(left).toEqual(["erased"]);
  });

  test("can be cancelled, and then not approved", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(manual(id));
    expect((await stub.cancel("bob")).kind).toBe("cancelled");
    expect((await stub.decide("approve", "bob")).kind).toBe("conflict");
    expect(await callsFor(id)).toHaveLength(0);
  });

  test("two opposite decisions at once: one wins, the other is a conflict", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(manual(id));
    const kinds = await Promise.all([stub.decide("approve", "a"), stub.decide("reject", "b")]);
    expect(kinds.map((outcome) => outcome.kind).sort()).toEqual(["conflict", "decided"]);
  });

  test("that nobody answered for seven days is cancelled as approval_expired", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start({ ...manual(id), created_at: Date.now() - 8 * 86_400_000 });
    await runDurableObjectAlarm(stub);
    expect(await finalOf(stub)).toMatchObject({ status: "cancelled", error: { code: "approval_expired" } });
  });

  test("has its deadline from the approval, not from its acceptance", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start({ ...manual(id), created_at: Date.now() - 5 * 3_600_000 });
    await stub.decide("approve", "bob");
    const deadline = await runInDurableObject(
      stub,
      (_object, state) => state.storage.kv.get<DelegationState>("state")?.deadline_at,
    );
    expect(deadline).toBeGreaterThan(Date.now() + 3_500_000);
    expect((await finalOf(stub)).status).toBe("completed");
  });

  test("a task that nobody asked to approve takes no decision", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(specOf(id, simulate({ text: "x" }, id)));
    expect((await stub.decide("approve", "bob")).kind).toBe("conflict");
  });
});
