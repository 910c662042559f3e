import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { freshId, objectOf, rowOf, runToEnd, specOf } from "../../support/delegation-object.ts";
import { emptyLists } from "../../support/empty-lists.ts";
import { sweepUntil } from "./sweep-until.ts";

beforeEach(emptyLists);

describe("the sweep of what is past its retention", () => {
  test("takes bodies, events and previews away after the retention, and leaves the books", async () => {
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate({ text: "old news" }, id)));
    await expect.poll(async () => (await rowOf(id))?.status).toBe("completed");
    await sweepUntil(async () => (await objectOf(id).read(0)).kind === "gone");
    await expect.poll(() => rowOf(id)).toMatchObject({ prompt_preview: null, output_preview: null, cost_nanos: done.cost_nanos });
    expect((await rowOf(id))?.deleted_at).not.toBeNull();
  });

  test("lets go of a row whose object is not there, so that it cannot hold up the others for ever", async () => {
    const id = freshId();
    await runToEnd(specOf(id, simulate({ text: "orphan" }, id)));
    await expect.poll(async () => (await rowOf(id))?.status).toBe("completed");
    const orphan = freshId();
    await env.DB.prepare("update delegations set task_id = ? where task_id = ?").bind(orphan, id).run();
    await sweepUntil(async () => (await rowOf(orphan))?.deleted_at !== null);
    expect(await rowOf(orphan)).toMatchObject({ prompt_preview: null, deleted_at: expect.any(Number) });
  });
});
