import { build } from "esbuild";
import { describe, expect, test } from "vitest";

describe("depute/client", () => {
  test("needs nothing but itself: bundled for any platform it imports nothing and stays small", async () => {
    const { metafile, outputFiles } = await build({
      entryPoints: ["src/client/index.ts"],
      bundle: true,
      format: "esm",
      platform: "neutral",
      target: "es2022",
      minify: true,
      metafile: true,
      write: false,
    });
    expect(Object.keys(metafile.inputs).filter((file) => !file.startsWith("src/client/"))).toEqual([]);
    expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
    expect(outputFiles[0]?.contents.length).toBeLessThan(22_000);
  });

  test("is what the package exports", async () => {
    const exported = await import("depute/client");
    const own = await import("../../../src/client/index.ts");
    expect(exported.createClient).toBe(own.createClient);
  });
});
