import { relative } from "node:path";

/** A path as short as it can be said from the working directory. */
export function near(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") || short === "" ? path : short;
}
