//! What a browser is sent, in bytes.

use std::fs;

use anyhow::Result;
use chartkey_ground::Place;

/// Prints every file of the site with its size and its Brotli size.
pub fn measure(place: &Place) -> Result<()> {
    println!("Assets (targets with Brotli: WebAssembly and glue ≤ 100 kB, style ≤ 10 kB, cover ≤ 2 kB)");
    let manifest: std::collections::BTreeMap<String, String> = serde_json::from_slice(&fs::read(place.site.join("assets.json"))?)?;
    let mut islands = 0;
    for (name, address) in manifest {
        let file = place.site.join(address.trim_start_matches('/'));
        let bytes = fs::metadata(&file)?.len();
        let brotli = fs::metadata(format!("{}.br", file.display())).map_or(bytes, |data| data.len());
        if name.starts_with("app.") {
            islands += brotli;
        }
        println!("{name:<34} {bytes:>9} bytes {brotli:>9} with Brotli");
    }
    println!("{:<34} {islands:>25} with Brotli", "WebAssembly and glue together");
    Ok(())
}
