extension ReportPage {
  /// Colours keep a contrast of at least 4.5 : 1 for text and 3 : 1 for marks, in light and in dark.
  static let style = """
    :root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#565f6a;--line:#d5dae0;--band:#f3f5f7;\
    --mark:#0b66c3;--faint:#9db8d6;--chosen:#b3460b;--hot:#fff}
    @media (prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e8ebef;--soft:#a9b2bd;--line:#39414b;\
    --band:#1e2329;--mark:#6db3ff;--faint:#3d5f85;--chosen:#ffa15c;--hot:#0b1015}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
    main{max-width:64rem;margin:0 auto;padding:1.5rem 1rem 4rem}
    h1{font-size:1.6rem;line-height:1.2;margin:0 0 .6rem;overflow-wrap:anywhere}h1 small{color:var(--soft);font-weight:400}
    h2{font-size:1.2rem;margin:2.4rem 0 .5rem}h3{font-size:1rem;margin:1.2rem 0 .4rem}
    p{max-width:46rem;margin:.5rem 0}.lead{font-size:1.15rem}.note{color:var(--soft);font-size:.9rem}
    a{color:var(--mark)}code,pre{font:.85rem/1.45 ui-monospace,monospace}
    pre{background:var(--band);padding:.8rem;overflow-x:auto;border-radius:6px;margin:.6rem 0}
    .wide{overflow-x:auto;margin:.6rem 0}
    table{border-collapse:collapse;font-variant-numeric:tabular-nums}
    th,td{padding:.25rem .7rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
    th[scope=row],thead th:first-child{text-align:left}th[scope=row]{font-weight:600}th:first-child{padding-left:0}
    thead th{font-weight:400;color:var(--soft);font-size:.85rem;vertical-align:bottom}
    dt{font-weight:600;margin-top:.5rem}dd{margin:0;max-width:46rem;overflow-wrap:anywhere}
    .bar{display:inline-block;min-width:9rem;padding:0 .4rem;background:linear-gradient(to right,\
    color-mix(in srgb,var(--mark) 26%,transparent) calc(var(--v)*100%),var(--band) 0)}
    details{margin:.6rem 0}summary{cursor:pointer;color:var(--mark)}
    summary:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--chosen);outline-offset:2px}
    figure{margin:.6rem 0}figcaption{font-size:.85rem;color:var(--soft)}
    .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1rem}
    .charts figure,.memory{max-width:40rem}svg{display:block;width:100%;height:auto;overflow:visible}
    svg text{font:11px system-ui,sans-serif;fill:var(--ink)}svg .tick{fill:var(--soft)}
    .grid{stroke:var(--line)}.free{fill:var(--band)}.block{fill:var(--mark);stroke:var(--paper);stroke-width:.6}
    .dot circle{fill:var(--faint)}.point{fill:var(--paper);stroke:var(--mark);stroke-width:2}
    .point line{stroke-width:1}.chosen{stroke:var(--chosen)}.chosen circle{fill:var(--chosen)}
    .tip{visibility:hidden;stroke:none;font-size:10.5px}.dot:hover .tip,.point:hover .tip,.point:focus .tip{visibility:visible}
    .point:focus{outline:none}.point:focus circle,.point:focus rect{stroke-width:4}
    table.matrix td{padding:.15rem .35rem;text-align:center;border:1px solid var(--paper);min-width:1.9rem;\
    background:color-mix(in srgb,var(--mark) calc(var(--v,0)*100%),var(--band))}
    table.matrix td.hot{color:var(--hot);background:var(--mark)}.tall span{writing-mode:vertical-rl;transform:rotate(180deg)}
    table.matrix thead td{background:none}table.matrix th.tall{text-align:left;padding:.2rem}
    img.matrix{width:min(100%,32rem);height:auto;image-rendering:pixelated;border:1px solid var(--line)}
    .gallery{list-style:none;margin:.4rem 0;padding:0;display:grid;gap:.8rem;\
    grid-template-columns:repeat(auto-fill,minmax(6.2rem,1fr))}
    .gallery figure{margin:0}.gallery img{display:block;width:80px;height:80px;object-fit:contain;\
    image-rendering:pixelated;background:var(--band)}
    .gallery figcaption{overflow-wrap:anywhere;line-height:1.3;margin-top:.2rem;color:var(--ink)}
    .gallery em{color:var(--chosen);font-style:normal;font-weight:600}
    @media print{details>*{display:block}}
    """
}
