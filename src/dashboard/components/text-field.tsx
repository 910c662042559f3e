type TextFieldProps = {
  label: string;
  name: string;
  value: string;
  placeholder?: string;
  type?: "text" | "search" | "number" | "date";
  /** The id of a datalist with suggestions. */
  list?: string;
  min?: number;
  max?: number;
  step?: number | "any";
  required?: boolean;
};

/** A labelled line of text. */
export function TextField({ label, type = "text", ...input }: TextFieldProps) {
  return (
    <label>
      <span>{label}</span>
      <input type={type} autocomplete="off" {...input} />
    </label>
  );
}
