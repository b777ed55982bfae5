import type {Diagnostic} from '@broadside/content'

/**
 * SARIF 2.1.0 (OASIS), as GitHub's code scanning and editors read it: one run, a rule for each code, a result for each
 * diagnostic. Places are relative to the root of the repository.
 */
export function toSarif(diagnostics: Diagnostic[]) {
  const codes = [...new Set(diagnostics.map(({code}) => code))].toSorted()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {driver: {name: 'broadside check', rules: codes.map((id) => ({id}))}},
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((found) => ({
          ruleId: found.code,
          ruleIndex: codes.indexOf(found.code),
          level: found.severity,
          message: {text: found.cure === undefined ? found.message : `${found.message} ${found.cure}`},
          locations: [
            {
              physicalLocation: {
                artifactLocation: {
                  uri: found.file.split('/').map(encodeURIComponent).join('/'),
                  uriBaseId: '%SRCROOT%',
                },
                ...(found.line === undefined ? {} : {region: regionOf(found.line, found.column)}),
              },
            },
          ],
        })),
      },
    ],
  }
}

function regionOf(startLine: number, startColumn: number | undefined) {
  return startColumn === undefined ? {startLine} : {startLine, startColumn}
}
