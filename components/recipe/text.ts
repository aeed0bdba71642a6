/** Lines of `key<separator>value`, for the many small formats that have no quoting. @throws RangeError when a value has a line break. */
export function settings(values: Readonly<Record<string, string>>, separator: string): string {
  return `${Object.entries(values)
    .map(([key, value]) => {
      if (/[\r\n]/.test(value))
        throw new RangeError(`expected a value on one line for ${key}, got several; remove the line break`);
      return `${key}${separator}${value}`;
    })
    .join("\n")}\n`;
}

/** A single-quoted word of a POSIX shell: the only place where anything is quoted for a shell. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
