import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const ELSEWHERE = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
/** Chromium, and letters for every text a test or a picture shows. */
const PACKAGES = ["chromium", "fonts-liberation", "fonts-noto-color-emoji"];

/** A fresh profile and no traffic of the browser's own: what is asked for is what our pages ask for. */
export const CHROMIUM_ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A registry may not answer at first, and somebody else may be installing. */
const PATIENCE = ["-o", "Acquire::Retries=5", "-o", "DPkg::Lock::Timeout=300"];

type Places = { PATH?: string | undefined; CHROMIUM_PATH?: string | undefined };

/** The program that CHROMIUM_PATH names, or a Chromium or Chrome that is installed. Throws when CHROMIUM_PATH names none. */
export function findChromium({ PATH = "", CHROMIUM_PATH = "" }: Places, elsewhere = ELSEWHERE): string | undefined {
  if (CHROMIUM_PATH !== "") {
    if (isProgram(CHROMIUM_PATH)) return CHROMIUM_PATH;
    throw new Error(`CHROMIUM_PATH is ${CHROMIUM_PATH}, which is no program`);
  }
  const onPath = NAMES.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name)));
  return [...onPath, ...elsewhere].find(isProgram);
}

/** Where Chromium is. Where none is, and Debian's packages can be installed, installs it. Throws with what to do otherwise. */
export function chromium(): string {
  const found = findChromium(process.env);
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && hasApt()) install();
  const installed = findChromium(process.env);
  if (installed !== undefined) return installed;
  throw new Error(
    `There is no Chromium or Chrome on the PATH. On Debian and Ubuntu: apt-get install ${PACKAGES.join(" ")} (as root this is done by itself). ` +
      "Elsewhere install Chrome or Chromium, or set CHROMIUM_PATH to the program.",
  );
}

function install(): void {
  apt("update");
  apt("install", "-y", "--no-install-recommends", ...PACKAGES);
}

/** What apt says of a failure stands on the terminal; that Chromium is missing then is told by the caller. */
function apt(...args: string[]): void {
  spawnSync("apt-get", [...PATIENCE, ...args], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}

const hasApt = (): boolean => spawnSync("apt-get", ["--version"], { stdio: "ignore" }).status === 0;

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
