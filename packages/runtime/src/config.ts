import {readFileSync} from 'node:fs'
import {z} from 'zod'
import {BroadsideError} from './errors.ts'

/** The variables of a service: name in the environment → schema; `.describe()` says what it is for. */
export type ConfigShape = Record<string, z.ZodType>

/**
 * Reads the variables that `shape` names. `NAME_FILE` is taken as the path of a file that holds the value of `NAME`
 * (the convention for mounted secrets). An empty value counts as absent.
 *
 * @throws BroadsideError `config.invalid` (invalid) that lists every problem at once, with the variable to set.
 */
export function readConfig<Shape extends ConfigShape>(
  shape: Shape,
  env: Record<string, string | undefined>,
): z.infer<z.ZodObject<Shape>> {
  const problems: string[] = []
  const values: Record<string, string> = {}
  for (const name of Object.keys(shape)) {
    const file = env[`${name}_FILE`]
    try {
      const value = file === undefined || file === '' ? env[name] : readFileSync(file, 'utf8').trim()
      if (value !== undefined && value !== '') values[name] = value
    } catch (error) {
      problems.push(`${name}_FILE: cannot read ${file} (${(error as NodeJS.ErrnoException).code})`)
    }
  }
  const parsed = z.object(shape).safeParse(values)
  if (parsed.success && problems.length === 0) return parsed.data
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0])
    const about = shape[name]?.description
    problems.push(`${name}: ${issue.message}${about === undefined ? '' : ` (${about})`}`)
  }
  throw new BroadsideError(
    'invalid',
    'config.invalid',
    `the environment is not complete:\n  ${problems.join('\n  ')}`,
    {
      hint: 'Set the variables above; .env.example shows each',
    },
  )
}
