import {accessSync, constants} from 'node:fs'
import {delimiter, isAbsolute, join} from 'node:path'

/** Where distributions and package managers put servers, though a user's PATH often leaves them out. */
const usualFolders = ['/usr/local/bin', '/usr/local/sbin', '/usr/bin', '/usr/sbin', '/sbin', '/opt/homebrew/bin']

/** Every executable file of that name on PATH, then in the usual folders of servers, in that order and once each. */
export function searchPath(name: string, path: string | undefined = process.env['PATH']): string[] {
  const folders = (path ?? '').split(delimiter).filter((folder) => isAbsolute(folder))
  const files = [...folders, ...usualFolders].map((folder) => join(folder, name))
  return [...new Set(files)].filter(isExecutable)
}

/** Whether this process may execute the file. */
function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
