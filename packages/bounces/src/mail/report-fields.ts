/** The fields of one group of a report, by their names in lower case; of a name that comes again the first counts. */
export type ReportFields = ReadonlyMap<string, string>

/** The groups of fields of a machine-readable report (RFC 3464 2.1, RFC 5965 3.1): header syntax, blank lines between. */
export function reportFields(text: string): ReportFields[] {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n[ \t]*\n/)
    .map((group) => {
      const fields = new Map<string, string>()
      for (const line of group.replace(/\n[ \t]+/g, ' ').split('\n')) {
        const [, name, value] = /^([!-9;-~]+)[ \t]*:[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
        if (name === undefined || value === undefined || fields.has(name.toLowerCase())) continue
        fields.set(name.toLowerCase(), value)
      }
      return fields
    })
    .filter(({size}) => size > 0)
}
