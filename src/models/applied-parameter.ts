/** One difference between what was asked and what is sent; the message names the parameter, both values and the model. */
export type ParameterWarning = { code: "parameter_dropped" | "parameter_mapped" | "parameter_clamped"; message: string };

/** One parameter as it is sent; `undefined` is not sent. */
export type Applied<T> = { value: T; warning?: ParameterWarning };
