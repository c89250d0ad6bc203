/** Latency, throughput and availability over the run, drawn by uPlot, with the faults' bands behind. */
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { type ChartPlan, chartsOf } from './chart-plans.ts'
import type { Run } from './run.ts'
import { colours, onTheme } from './theme.ts'

export function Charts({ run }: { run: Run }) {
  if (run.ops.length === 0) return null
  return (
    <>
      {chartsOf(run).map((plan) => (
        <figure key={plan.title}>
          <figcaption>
            <h3 class="chart-title">{plan.title}</h3>
            <p class="hint chart-hint">What you are looking at: {plan.hint}</p>
          </figcaption>
          <Chart plan={plan} />
        </figure>
      ))}
    </>
  )
}

function Chart({ plan }: { plan: ChartPlan }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = place.current
    if (element === null) return
    let plot: uPlot | undefined
    const build = () => {
      plot?.destroy()
      plot = new uPlot(plan.options(colours(), element.clientWidth), plan.data, element)
    }
    build()
    const observer = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height: plan.height }))
    observer.observe(element)
    const unTheme = onTheme(build)
    return () => {
      observer.disconnect()
      unTheme()
      plot?.destroy()
    }
  }, [plan])
  return <div class="chart" ref={place} role="img" aria-label={plan.title} />
}
