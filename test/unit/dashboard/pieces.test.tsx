import { describe, expect, test } from "vitest";
import { BarList } from "../../../src/dashboard/components/bar-list.tsx";
import { DataTable } from "../../../src/dashboard/components/data-table.tsx";
import { EmptyState } from "../../../src/dashboard/components/empty-state.tsx";
import { Pager } from "../../../src/dashboard/components/pager.tsx";
import { Progress, stretches } from "../../../src/dashboard/components/progress.tsx";
import { StatusBadge, toneOf } from "../../../src/dashboard/components/status-badge.tsx";
import { Submit } from "../../../src/dashboard/components/submit.tsx";
import { drawn, expectInert, HOSTILE } from "./markup.ts";

describe("StatusBadge", () => {
  test("says the status in words, with a sign that does without colours", () => {
    const markup = drawn(<StatusBadge status="needs-approval" />);
    expect(markup).toContain('class="badge ask" data-status="needs-approval"');
    expect(markup).toContain('<span aria-hidden="true">!</span> needs approval');
  });

  test.each(["toString", "constructor", "new-status"])("takes %s for a status that it does not know", (status) => {
    expect(toneOf(status)).toBe("calm");
    expect(drawn(<StatusBadge status={status} />)).toContain("badge calm");
  });

  test("is inert", () => expectInert(drawn(<StatusBadge status={HOSTILE} />)));
});

describe("EmptyState", () => {
  test("says what to do next, with a command", () => {
    const markup = drawn(
      <EmptyState title="No batches yet" command="curl …">
        <p>Start one.</p>
      </EmptyState>,
    );
    expect(markup).toContain("No batches yet");
    expect(markup).toContain("<p>Start one.</p>");
    expect(markup).toContain("<code>curl …</code>");
  });

  test("is inert", () => expectInert(drawn(<EmptyState title={HOSTILE} command={HOSTILE} />)));
});

describe("Pager", () => {
  test("is not there when there is one page", () => {
    expect(drawn(<div>{Pager({ first: null, next: null })}</div>)).toBe("<div></div>");
  });

  test("leads on, and back to the beginning", () => {
    const markup = drawn(<Pager first="/batches?status=completed" next="/batches?status=completed&cursor=a%2Bb" />);
    expect(markup).toContain('href="/batches?status=completed"');
    expect(markup).toContain('href="/batches?status=completed&amp;cursor=a%2Bb" rel="next"');
  });

  test("is inert", () => expectInert(drawn(<Pager first={HOSTILE} next={null} />)));
});

describe("DataTable", () => {
  const columns = [
    { head: "Name", cell: ({ name }: { name: string; size: number }) => name },
    { head: "Size", numeric: true, cell: ({ size }: { name: string; size: number }) => size },
  ];

  test("has its caption, heads of columns and rows, and the head in every cell for narrow screens", () => {
    const markup = drawn(<DataTable caption="Things" columns={columns} rows={[{ name: "a", size: 0 }]} idOf={() => "row-a"} />);
    expect(markup).toContain('<caption class="hidden">Things</caption>');
    expect(markup).toContain('<th scope="col">Name</th><th scope="col" class="number">Size</th>');
    expect(markup).toContain('<tr id="row-a"><th scope="row">a</th><td class="number" data-label="Size">0</td></tr>');
  });

  test("is only its heads without rows", () => {
    expect(drawn(<DataTable caption="Things" columns={columns} rows={[]} />)).toContain("<tbody></tbody>");
  });

  test("is inert in its caption, heads, cells and ids", () => {
    const hostile = [
      { head: HOSTILE, cell: () => HOSTILE },
      { head: HOSTILE, cell: () => HOSTILE },
    ];
    expectInert(drawn(<DataTable caption={HOSTILE} columns={hostile} rows={[1]} idOf={() => HOSTILE} />));
  });
});

describe("Progress", () => {
  const counts = [
    { status: "completed", count: 3 },
    { status: "failed", count: 0 },
    { status: "in-progress", count: 1 },
  ];

  test("shows each status there is as a stretch, one after another", () => {
    expect(stretches(counts, 8)).toEqual([
      { status: "completed", from: 0, length: 37.5 },
      { status: "failed", from: 37.5, length: 0 },
      { status: "in-progress", from: 37.5, length: 12.5 },
    ]);
  });

  test("says the same in words", () => {
    const markup = drawn(<Progress counts={counts} total={8} label="Tasks" />);
    expect(markup).toContain('role="img" aria-label="Tasks: 3 completed, 1 in progress"');
    expect(markup).toContain("3 completed, 1 in progress of 8");
    expect(markup.match(/<rect /g)).toHaveLength(2);
  });

  test("of nothing is nothing", () => {
    expect(stretches([{ status: "completed", count: 0 }], 0)).toEqual([{ status: "completed", from: 0, length: 0 }]);
    expect(drawn(<Progress counts={[]} total={0} label="Tasks" />)).toContain("nothing yet of 0");
  });

  test("is inert", () =>
    expectInert(drawn(<Progress counts={[{ status: HOSTILE.replaceAll("-", ""), count: 1 }]} total={1} label={HOSTILE} />)));
});

describe("BarList", () => {
  const widths = (markup: string) => [...markup.matchAll(/class="series-0" width="([^"]+)"/g)].map(([, width]) => Number(width));

  test("draws the dearest longest, the others in proportion, and says the amounts exactly", () => {
    const markup = drawn(
      <BarList
        label="By model"
        bars={[
          { label: "opus", nanos: 3_000_000_001, href: "/costs?model=opus" },
          { label: "mini", nanos: 1_000_000_000, note: "2 unpriced" },
        ]}
      />,
    );
    expect(widths(markup)).toEqual([100, 33.33]);
    expect(markup).toContain("$3.000000001");
    expect(markup).toContain('<a href="/costs?model=opus">opus</a>');
    expect(markup).toContain("2 unpriced");
  });

  test("draws no bar for nothing and for what is not known, and tells them apart", () => {
    const markup = drawn(
      <BarList
        label="x"
        bars={[
          { label: "free", nanos: 0 },
          { label: "unpriced", nanos: null },
        ]}
      />,
    );
    expect(widths(markup)).toEqual([0, 0]);
    expect(markup).toContain("$0.00");
    expect(markup).toContain(">unknown<");
  });

  test("of nothing is an empty list", () => expect(drawn(<BarList label="x" bars={[]} />)).toContain("></ul>"));

  test("is inert", () =>
    expectInert(drawn(<BarList label={HOSTILE} bars={[{ label: HOSTILE, nanos: 1, href: HOSTILE, note: HOSTILE }]} />)));
});

describe("Submit", () => {
  test("is a button, and has a note beside it only when there is one", () => {
    expect(drawn(<Submit label="Save">Once.</Submit>)).toContain('Save</button><span class="muted">Once.</span>');
    expect(drawn(<Submit label="Save">{false}</Submit>)).not.toContain("<span");
    expect(drawn(<Submit label="Save" />)).not.toContain("<span");
  });
});
