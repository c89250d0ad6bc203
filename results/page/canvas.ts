/** A canvas as sharp as the screen. */

/** Makes the canvas as large as said, in CSS pixels, and gives a clean context that counts in them. */
export function sized(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | undefined {
  const scale = Math.min(3, Math.max(1, devicePixelRatio))
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)]
  if (canvas.width !== wide) canvas.width = wide
  if (canvas.height !== high) canvas.height = high
  canvas.style.width = `${width}px`
  canvas.style.height = `${height}px`
  const context = canvas.getContext('2d') ?? undefined
  context?.setTransform(scale, 0, 0, scale, 0, 0)
  context?.clearRect(0, 0, width, height)
  return context
}

/** As much of a text as fits, or nothing if that would not say anything. */
export function fitted(text: string, room: number, letter = 5.7): string {
  const letters = Math.floor(room / letter)
  if (text.length <= letters) return text
  return letters < 4 ? '' : `${text.slice(0, letters - 1)}…`
}
