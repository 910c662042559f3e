import { Card } from "../components/card.tsx";
import { Duration } from "../components/duration.tsx";
import { exactNote, Money } from "../components/money.tsx";
import { Time } from "../components/time.tsx";
import { Tokens } from "../components/tokens.tsx";

/** What a batch or a flow has come to. `completedAt` is null while it runs, `costNanos` when not all of it is known. */
type Work = { tokensUsed: number; costNanos: number | null; createdAt: string; completedAt: string | null; createdBy: string };

/** The cards of what a batch or a flow used, cost and took at `now` (milliseconds). */
export function WorkCards({ work, now }: { work: Work; now: number }) {
  const { tokensUsed, costNanos, createdAt, completedAt, createdBy } = work;
  return (
    <>
      <Card label="Cost" note={exactNote(costNanos)}>
        <Money nanos={costNanos} short />
      </Card>
      <Card label="Tokens">
        <Tokens count={tokensUsed} />
      </Card>
      <Card label={completedAt === null ? "Running for" : "Took"}>
        <Duration ms={(completedAt === null ? now : Date.parse(completedAt)) - Date.parse(createdAt)} />
      </Card>
      <Card label="Started" note={`by ${createdBy}`}>
        <Time at={createdAt} now={now} />
      </Card>
    </>
  );
}
