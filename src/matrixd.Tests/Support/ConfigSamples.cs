namespace Matrixd.Tests.Support;

/// <summary>Files to begin from.</summary>
internal static class ConfigSamples
{
    /// <summary>The least that starts, without warnings.</summary>
    public const string Least = """
        [server]
        [store]
        [exotel]
        basic_password = "a-long-password"
        [gemini]
        api_key = "AIza-secret-key"
        [limits]
        [recording]
        [[agent]]
        name = "reception"
        default = true
        prompt = "You answer the telephone."

        """;

    /// <summary>Every key, none with its default; the files it names are the test's to give.</summary>
    public const string Full = """"
        [server]
        listen = ["[::1]:8080", "https://0.0.0.0:443", "http://localhost:0"]
        public_url = "https://voice.example.in"
        tls_certificate = "cert.pem"
        tls_key = "key.pem"
        trusted_proxies = ["10.0.0.0/8", "2001:db8::/32"]
        admin_token = "0123456789abcdef"
        max_calls = 30
        drain_timeout = "1m30s"
        [store]
        path = "db/calls.db"
        [exotel]
        stream_path = "/in/exotel"
        dynamic_path = "/in/voicebot"
        warm_ttl = "30s"
        basic_user = "caller"
        basic_password = "a-long-password"
        allow = ["203.0.113.0/24", "198.51.100.7"]
        account_sid = "sharma1"
        api_key = "exo-key"
        api_token = "exo-token"
        region = "sg"
        base_url = "http://127.0.0.1:9000"
        caller_id = "08040000000"
        outbound_lead = "500ms"
        [gemini]
        api_key = "AIza-secret-key"
        base_url = "https://gateway.example.in"
        ca_file = "ca.pem"
        api_version = "v1beta"
        model = "models/gemini-live-x"
        uplink_frame = "40ms"
        uplink_buffer = "5s"
        max_sessions = 7
        rotate_after = "5m"
        proxy = "http://10.0.0.5:3128/"
        shared_token_uses = 50
        shared_token_refresh = "30m"
        browser_new_session_window = "120s"
        [limits]
        call_max = "20m"
        start_timeout = "4s"
        model_ready_timeout = "7s"
        media_idle = "6s"
        close_timeout = "3s"
        [barge_in]
        detector = "local"
        minimum_speech = "300ms"
        grace = "600ms"
        start_grace = "0s"
        reversible = false
        confirm = "1s"
        resume_after = "500ms"
        [watchdog]
        enabled = false
        no_answer = "6s"
        silent_audio = "4s"
        no_message = "12s"
        broken_turn = "5s"
        step = "7s"
        nudge = "Go on."
        [recording]
        enabled = false
        directory = "rec"
        [[agent]]
        name = "reception"
        default = true
        prompt = "Answer."
        [[agent]]
        name = "sales"
        numbers = ["08040000001", "+918040000002"]
        voice = "Kore"
        language = "hi-IN"
        prompt = """
        Sell.
        """
        greeting = "Namaste"
        apology = "/srv/sorry.wav"
        tools = ["lookup_order"]
        knowledge = ["faq"]
        [[tool]]
        name = "lookup_order"
        description = "State of an order."
        url = "https://crm.example.in/orders"
        method = "GET"
        parameters = '''{"type":"object","properties":{"id":{"type":"string"}},"required":["id"]}'''
        timeout = "3s"
        headers = { X-Api-Key = "tool-secret" }
        max_response_bytes = 1024

        """";

    /// <summary>The least with more lines in one of its sections.</summary>
    public static string With(string header, string lines) => Least.Replace(header + "\n", $"{header}\n{lines}\n", StringComparison.Ordinal);
}
