type SelectFieldProps = {
  label: string;
  name: string;
  /** The one that is chosen. */
  value: string;
  options: readonly { value: string; text: string }[];
};

/** A labelled choice of one. A value that is none of the options is one of them: what an address says is shown, not swallowed. */
export function SelectField({ label, name, value, options }: SelectFieldProps) {
  const all = options.some((option) => option.value === value) ? options : [...options, { value, text: value }];
  return (
    <label>
      <span>{label}</span>
      <select name={name}>
        {all.map((option) => (
          <option value={option.value} selected={option.value === value}>
            {option.text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Words as options of themselves, after one that says `none` and is empty. */
export const wordOptions = (none: string, words: readonly string[]): { value: string; text: string }[] => [
  { value: "", text: none },
  ...words.map((word) => ({ value: word, text: word })),
];
