import { build } from "esbuild";

/** The Worker as one module, built with the conditions and names that wrangler uses when it deploys. */
export async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["cloudflare:*", "node:*"],
    define: { "process.env.NODE_ENV": '"production"' },
    keepNames: true,
    logLevel: "error",
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`Nothing was built from ${entry}`);
  return file.text;
}
