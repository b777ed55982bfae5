import {BroadsideError} from '@broadside/runtime'

/**
 * Gives the branch's name back when git would accept it (the rules of `git check-ref-format --branch`), and throws
 * `git.branch.refused` (invalid) when not. A leading hyphen, wildcards and refspec signs are among what is refused.
 */
export function checkBranch(branch: string): string {
  const isBad =
    branch === '' ||
    branch === '@' ||
    branch === 'HEAD' ||
    branch.length > 200 ||
    branch.startsWith('-') ||
    branch.endsWith('.') ||
    /[\p{Cc} ~^:?*[\\]|\.\.|@\{/u.test(branch) ||
    !branch.isWellFormed() ||
    branch.split('/').some((part) => part === '' || part.startsWith('.') || part.endsWith('.lock'))
  if (!isBad) return branch
  throw new BroadsideError('invalid', 'git.branch.refused', `${JSON.stringify(branch)} is no name of a branch`, {
    hint: 'Give the short name, for example main',
  })
}
