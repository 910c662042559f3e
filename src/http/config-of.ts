import { type Config, readConfig } from "../config.ts";

const known = new WeakMap<object, Config>();

/** The settings behind `env`, parsed once per isolate. Throws AppError `unavailable` while they are not valid. */
export function configOf(env: object): Config {
  const config = known.get(env) ?? readConfig(env);
  known.set(env, config);
  return config;
}
