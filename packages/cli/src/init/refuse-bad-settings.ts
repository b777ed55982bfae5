import {settingsFile, type ForeignSettings} from '@broadside/convert'
import {BroadsideError} from '@broadside/runtime'

/**
 * Looks at what an author asks for before anything is read or written.
 * @throws BroadsideError `init.settings` (invalid) for a time zone or language that there is not.
 */
export function refuseBadSettings(asked: ForeignSettings): void {
  const {dropped} = settingsFile(asked)
  if (dropped.includes('timezone'))
    throw refused(`${asked.timezone} is no time zone`, 'Write a name such as Europe/Lisbon')
  if (dropped.includes('language')) throw refused(`${asked.language} is no language`, 'Write a tag such as en or pt-BR')
  if (dropped.length > 0)
    throw refused(`${dropped.join(' and ')} cannot stand in broadside.yaml`, 'Write a line of text')
}

function refused(message: string, hint: string): BroadsideError {
  return new BroadsideError('invalid', 'init.settings', message, {hint})
}
