import type { TestProject } from "vitest/node";
import { startSimulator } from "../../simulator/simulator.ts";

declare module "vitest" {
  interface ProvidedContext {
    simulatorUrl: string;
  }
}

/** Global setup of the tests in workerd: the simulator runs in Node, its URL reaches the Worker as a binding. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const simulator = await startSimulator({ fast: true });
  project.provide("simulatorUrl", simulator.url);
  return () => simulator.stop();
}
