import type {ExportFiles, ForeignItem} from './foreign-site.ts'

/**
 * Files that lie beside an export as its tool stores them, in a folder such as `wp-content/uploads`: each is found again
 * by the address it had, whatever folders are around it in the export.
 */
export function servedFiles(files: ExportFiles, folder: string): {served: Map<string, string>; items: ForeignItem[]} {
  const served = new Map<string, string>()
  const items: ForeignItem[] = []
  const own = folder.slice(folder.indexOf('/') + 1)
  for (const path of files.list()) {
    const [, inside] = new RegExp(String.raw`(?:^|/)(?:${folder}|${own})/(.+)$`).exec(path) ?? []
    if (inside === undefined || /(?:^|\/)\.|\.(?:php|html?|xml|json|htaccess)$/i.test(inside)) continue
    const address = `/${folder}/${inside}`
    const to = `assets${address}`
    if (served.has(address)) continue
    served.set(address, to)
    items.push({kind: 'file', from: path, to}, {kind: 'redirect', from: address, to: `/${to}`})
  }
  return {served, items}
}
