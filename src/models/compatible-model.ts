import { type Endpoints, type ModelChoice, refused, resolved } from "./model-choice.ts";

/** The endpoint that `model` names before its first slash; undefined when that is no endpoint's name. */
export function endpointOf(model: string, endpoints: Endpoints): string | undefined {
  const slash = model.indexOf("/");
  const name = slash === -1 ? "" : model.slice(0, slash);
  return Object.hasOwn(endpoints, name) ? name : undefined;
}

/**
 * `<endpoint>/<id>`, where the id may hold slashes and need not be listed. With a single endpoint the bare id will do, but one
 * with a slash only when it is listed: what stands before the slash may be a mistyped endpoint.
 */
export function compatibleModel(model: string, endpoints: Endpoints): ModelChoice {
  const names = Object.keys(endpoints);
  const named = endpointOf(model, endpoints);
  const isBareId = !model.includes("/") || names.some((name) => Object.hasOwn(endpoints[name]?.models ?? {}, model));
  const endpoint = named ?? (names.length === 1 && isBareId ? names[0] : undefined);
  const id = named === undefined ? model : model.slice(named.length + 1);
  if (endpoint === undefined) {
    return refused("model", `${model} names no endpoint: write <endpoint>/<model id>. Endpoints here: ${names.join(", ")}.`);
  }
  return id === ""
    ? refused("model", `${model} names no model: write ${endpoint}/<model id>.`)
    : resolved("compatible", id, model, { endpoint });
}

/** The model of a deployment with exactly one endpoint that lists exactly one; else the caller must say. */
export function onlyCompatibleModel(endpoints: Endpoints): ModelChoice {
  const listed = listedModels(endpoints);
  const [endpoint, ...others] = Object.keys(endpoints);
  const [id, ...more] = endpoint === undefined ? [] : Object.keys(endpoints[endpoint]?.models ?? {});
  if (endpoint !== undefined && others.length === 0 && id !== undefined && more.length === 0) {
    return resolved("compatible", id, null, { endpoint });
  }
  const known = listed.length === 0 ? "" : ` Listed here: ${listed.join(", ")}.`;
  return refused("model", `compatible needs a model: <endpoint>/<model id>.${known}`);
}

/** Every `<endpoint>/<id>` that the deployment lists. */
export const listedModels = (endpoints: Endpoints): readonly string[] =>
  Object.entries(endpoints).flatMap(([endpoint, { models }]) => Object.keys(models).map((id) => `${endpoint}/${id}`));
