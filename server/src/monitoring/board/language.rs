//! The languages of requests, as staff name them.

/// What a code stands for; one that nobody knows stands for itself.
pub fn label(code: &str) -> &str {
    match code {
        "" | "ja" => "日本語",
        "ja-easy" | "ja-Hira" => "やさしい日本語",
        "en" => "英語",
        "zh-Hans" | "zh-CN" | "zh" => "中国語（簡体字）",
        "zh-Hant" | "zh-TW" => "中国語（繁体字）",
        "ko" => "韓国語",
        "vi" => "ベトナム語",
        "pt" | "pt-BR" => "ポルトガル語",
        "es" => "スペイン語",
        "tl" | "fil" => "タガログ語",
        "ne" => "ネパール語",
        "id" => "インドネシア語",
        "th" => "タイ語",
        other => other,
    }
}
