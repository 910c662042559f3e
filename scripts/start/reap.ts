import { endSurvivors } from "./state-lock.ts";

const [state, run] = process.argv.slice(2);
if (state !== undefined && run !== undefined) await endSurvivors(state, run);
