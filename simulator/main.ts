import { parseArgs } from "node:util";
import { startSimulator } from "./simulator.ts";

const { values } = parseArgs({
  options: { port: { type: "string", default: "0" }, host: { type: "string", default: "127.0.0.1" }, fast: { type: "boolean" } },
});
const simulator = await startSimulator({ port: Number(values.port), host: values.host, fast: values.fast ?? false });
console.log(simulator.url);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void simulator.stop());
