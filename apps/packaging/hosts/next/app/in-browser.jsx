"use client";
import { useEffect, useState } from "react";
import { program } from "../program.js";

export function InBrowser() {
  const [results, setResults] = useState("");
  useEffect(() => {
    program().then((all) => setResults(JSON.stringify(all)));
  }, []);
  return <pre id="out">{results}</pre>;
}
