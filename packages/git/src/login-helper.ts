import type {Remote} from './check-remote.ts'

/** User name and password or token. */
export type Login = {username: string; password: string}

/** The descriptor on which git and what it starts can read the login, once. */
export const loginDescriptor = 3

/**
 * Configuration by which git asks us, and nobody else, for a login: a helper that hands on what lies in the pipe of
 * `loginDescriptor`, when it is asked for this very host. So the login stands in no argument, no variable and no file,
 * and a server that redirects to another host is told nothing.
 */
export function loginConfig(remote: Pick<Remote, 'url'>): Record<string, string> {
  const {protocol, host} = new URL(remote.url)
  const helper =
    'f() { test "$1" = get || exit 0; p= h=; ' +
    'while IFS== read -r k v && test -n "$k"; do case $k in protocol) p=$v;; host) h=$v;; esac; done; ' +
    `test "$p://$h" = '${protocol}//${host}' && cat <&${loginDescriptor}; }; f`
  return {'credential.helper': `!${helper}`, 'credential.useHttpPath': 'false'}
}

/** What the helper hands on. */
export function formatLogin({username, password}: Login): string {
  return `username=${username}\npassword=${password}\n`
}
