/**
 * Buttons that copy a text of the page. The clipboard's newer interface is closed to pages that come over plain HTTP from
 * another machine, and some browsers close it to pages with an origin of their own, as under `faultline serve`; there
 * the older one does it. Where both are closed, the text is selected, and the button says what is left to do.
 */

export function copyButtons(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copies]')) {
    button.hidden = false
    button.addEventListener('click', () => {
      copy(button).catch((error: unknown) => {
        button.textContent = String(error)
      })
    })
  }
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const source = document.getElementById(button.dataset.copies ?? '')
  if (source === null) return
  const isCopied = (await isWritten(source.textContent ?? '')) || isCopiedFrom(source)
  button.textContent = isCopied ? 'Copied' : 'Selected: press Ctrl+C'
  setTimeout(
    () => {
      button.textContent = 'Copy'
    },
    isCopied ? 1600 : 6000,
  )
}

async function isWritten(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

/** As the menu's Copy does, which a click allows; what is selected stays so if it fails. */
function isCopiedFrom(source: HTMLElement): boolean {
  const selection = getSelection()
  selection?.selectAllChildren(source)
  const isCopied = document.execCommand('copy')
  if (isCopied) selection?.removeAllRanges()
  return isCopied
}
