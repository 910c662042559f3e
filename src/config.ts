import { z } from "zod";
import { AppError } from "./errors.ts";

const Price = z.number().min(0).max(1_000_000);

/** One OpenAI-compatible endpoint of `COMPATIBLE_ENDPOINTS`; prices in US dollars per million tokens, absent = unpriced. */
const CompatibleEndpoint = z.strictObject({
  base_url: z.url({ protocol: /^https?$/ }),
  api_key: z.string().optional(),
  models: z.record(z.string().min(1), z.strictObject({ input: Price.optional(), output: Price.optional() })).default({}),
});

const jsonOf = <S extends z.ZodType>(schema: S) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: "custom", message: "is not valid JSON" });
        return z.NEVER;
      }
    })
    .pipe(schema);

const text = z
  .string()
  .trim()
  .transform((value) => (value === "" ? undefined : value))
  .optional();
const list = z
  .string()
  .default("")
  .transform((value) =>
    value
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ""),
  );

const SECRET_CHARACTERS = 32;
const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

const Settings = z.object({
  DEPUTE_ADMIN_KEY: z.string().min(20, "needs at least 20 characters").optional(),
  DEPUTE_SECRET: list.pipe(
    z.array(z.string().min(SECRET_CHARACTERS, `each of them needs at least ${SECRET_CHARACTERS} characters`)),
  ),
  DEPUTE_SIMULATED: z.enum(["true", "false"]).default("false"),
  ANTHROPIC_API_KEY: text,
  ANTHROPIC_BASE_URL: text,
  OPENAI_API_KEY: text,
  OPENAI_BASE_URL: text,
  GEMINI_API_KEY: text,
  GEMINI_BASE_URL: text,
  COPILOT_GITHUB_TOKEN: text,
  GITHUB_API_URL: text,
  COPILOT_REPOSITORIES: list,
  COPILOT_DEFAULT_REPOSITORY: text,
  COMPATIBLE_ENDPOINTS: jsonOf(z.record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/), CompatibleEndpoint)).default({}),
  RETENTION_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
  ALLOW_INSECURE_WEBHOOKS: z.enum(["true", "false"]).default("false"),
  CORS_ORIGINS: list.pipe(
    z.array(z.string().refine(isOrigin, "must be origins like https://app.example.com, with commas between")),
  ),
  LOG_LEVEL: z.enum(["info", "warn"]).default("info"),
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(0).max(10_000_000).default(60_000),
});

export type CompatibleEndpoint = z.infer<typeof CompatibleEndpoint>;
export type VendorAccount = { apiKey: string; baseUrl: string | undefined };
export type CopilotAccount = {
  token: string;
  apiUrl: string;
  /** `owner/name`, lower case; the only repositories a task may name. */
  repositories: readonly string[];
  defaultRepository: string | undefined;
};

/** The deployment's settings, read once per isolate. An account that is undefined is a provider that is not configured. */
export type Config = {
  /** The owner key of the workspace `default`; without it nothing is served. */
  adminKey: string | undefined;
  /** What is kept encrypted is sealed with the first of these, and opened with any. Empty: nothing of the kind can be kept. */
  secrets: readonly string[];
  /** True when webhooks may go to plain http and to the loopback. */
  allowInsecureWebhooks: boolean;
  /** True when the configured vendors are the simulator's. */
  simulated: boolean;
  claude: VendorAccount | undefined;
  codex: VendorAccount | undefined;
  gemini: VendorAccount | undefined;
  copilot: CopilotAccount | undefined;
  compatible: { readonly [endpoint: string]: CompatibleEndpoint };
  retentionDays: number;
  /** The origins whose pages may call from a browser. */
  corsOrigins: readonly string[];
  /** `info`: every request and every attempt that ends has a line; `warn`: only what somebody should see. */
  logLevel: "info" | "warn";
  /** How many requests a key may send; 0 = as many as it likes. */
  rateLimitPerMinute: number;
};

const account = (apiKey: string | undefined, baseUrl: string | undefined): VendorAccount | undefined =>
  apiKey === undefined ? undefined : { apiKey, baseUrl };

/** Reads vars and secrets. Throws AppError `unavailable` that names each setting that is wrong (never its value). */
export function readConfig(env: object): Config {
  const parsed = Settings.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new AppError("unavailable", `The deployment's settings are not valid: ${problems.join("; ")}`);
  }
  const settings = parsed.data;
  return {
    adminKey: settings.DEPUTE_ADMIN_KEY,
    secrets: settings.DEPUTE_SECRET,
    allowInsecureWebhooks: settings.ALLOW_INSECURE_WEBHOOKS === "true",
    simulated: settings.DEPUTE_SIMULATED === "true",
    claude: account(settings.ANTHROPIC_API_KEY, settings.ANTHROPIC_BASE_URL),
    codex: account(settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL),
    gemini: account(settings.GEMINI_API_KEY, settings.GEMINI_BASE_URL),
    copilot: settings.COPILOT_GITHUB_TOKEN === undefined ? undefined : copilotAccount(settings.COPILOT_GITHUB_TOKEN, settings),
    compatible: settings.COMPATIBLE_ENDPOINTS,
    retentionDays: settings.RETENTION_DAYS,
    corsOrigins: settings.CORS_ORIGINS,
    logLevel: settings.LOG_LEVEL,
    rateLimitPerMinute: settings.RATE_LIMIT_PER_MINUTE,
  };
}

const known = new WeakMap<object, Config>();

/** The settings behind `env`, parsed once per isolate. Throws what `readConfig` throws, each time, while they are not valid. */
export function configOf(env: object): Config {
  const config = known.get(env) ?? readConfig(env);
  known.set(env, config);
  return config;
}

/** Whether what goes as it should has its line in the log, too; it has while the settings are not valid. */
export function logsAll(env: object): boolean {
  try {
    return configOf(env).logLevel === "info";
  } catch {
    return true;
  }
}

function copilotAccount(token: string, settings: z.infer<typeof Settings>): CopilotAccount {
  return {
    token,
    apiUrl: settings.GITHUB_API_URL ?? "https://api.github.com",
    repositories: settings.COPILOT_REPOSITORIES.map((name) => name.toLowerCase()),
    defaultRepository: settings.COPILOT_DEFAULT_REPOSITORY,
  };
}
